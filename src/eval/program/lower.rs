//! From criteria to leaves and nodes.
//!
//! In: a model. Out: a program. Audiences are lowered after those that they nest, so that membership of another audience is
//! a reference to bits that are already there, however deep the nesting goes.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;

use hashbrown::HashMap;
use rapidhash::fast::RandomState;

mod events;
mod profile;

use super::question::{Circle, Families, Questions, Seen};
use super::{Node, Operand, Period, Program, Reach, Source, canonical};
use crate::base::{Address, WorkspaceName};
use crate::catalog::ProfileField;
use crate::ir::{Audience, Criterion, Kind, Model, SeenEdge, Status};

pub(super) fn lower(model: &Model, only: Option<&BTreeSet<Address>>) -> Program {
    let active = model.audiences.values().filter(|each| is_active(each) && each.standard.is_none());
    let wanted: Vec<&Audience> = active.filter(|each| only.is_none_or(|only| only.contains(&each.address))).collect();
    lower_all(model, &wanted)
}

pub(super) fn lower_standard(model: &Model, audience: &Audience) -> Program {
    lower_all(model, &[audience])
}

fn lower_all(model: &Model, wanted: &[&Audience]) -> Program {
    let mut lowering = Lowering {
        model,
        program: Program::default(),
        nodes: HashMap::default(),
        members: BTreeMap::new(),
        alive_everywhere_in: None,
        reach: Reach::ALL,
    };
    for audience in nested_first(model, wanted, |nested| nested.standard.is_none()) {
        let members = lowering.audience(audience);
        lowering.members.insert(&audience.address, members);
    }
    let members = |each: &&Audience| lowering.members.get(&each.address).copied().unwrap_or(Operand::FALSE);
    let roots = wanted.iter().map(|each| (each.address.clone(), members(each))).collect();
    Program { roots, ..lowering.program }
}

fn is_active(audience: &Audience) -> bool {
    audience.status == Status::Active
}

/// The wanted audiences and all active ones that they nest, each after those that it nests. Nested audiences that are not
/// to be entered are left out with all that they nest. Not recursive: a chain of nested audiences may be as long as a project
/// is large.
pub(in crate::eval) fn nested_first<'m>(
    model: &'m Model,
    wanted: &[&'m Audience],
    enter: impl Fn(&Audience) -> bool,
) -> Vec<&'m Audience> {
    let mut order = Vec::new();
    let mut entered = BTreeSet::new();
    // Each audience with whether all that it nests is done.
    let mut open: Vec<(&Audience, bool)> = wanted.iter().rev().map(|each| (*each, false)).collect();
    while let Some((audience, done)) = open.pop() {
        if done {
            order.push(audience);
        } else if entered.insert(&audience.address) {
            open.push((audience, true));
            let nested = audience.nested().into_iter().filter_map(|address| model.audiences.get(address));
            open.extend(nested.filter(|each| is_active(each) && enter(each)).map(|each| (each, false)));
        }
    }
    order
}

struct Lowering<'m> {
    model: &'m Model,
    program: Program,
    nodes: HashMap<Node, u32, RandomState>,
    /// Memberships of the audiences lowered so far.
    members: BTreeMap<&'m Address, Operand>,
    /// A workspace in which every user of the audience at hand has a living profile, so that asking for it is idle.
    alive_everywhere_in: Option<&'m WorkspaceName>,
    /// Which events the audience at hand reads.
    reach: Reach,
}

impl<'m> Lowering<'m> {
    /// An audience's membership: its population and its criterion (M12). Who opted out is in no population (M26).
    fn audience(&mut self, audience: &'m Audience) -> Operand {
        self.reach = Reach::of(self.model, audience);
        self.alive_everywhere_in = None;
        let population = self.any_alive(&audience.workspaces);
        self.alive_everywhere_in = match audience.workspaces.first() {
            Some(only) if audience.workspaces.len() == 1 => Some(only),
            _ => None,
        };
        let mut conjuncts = vec![population, self.opted_out().negated_if(true)];
        self.conjuncts(&audience.criterion, false, &mut conjuncts);
        self.all(conjuncts)
    }

    /// The membership of another audience: for a standard audience the one that is given (M14, M23). Nobody where it is
    /// unknown, a draft, or nests the one at hand.
    fn member(&mut self, address: &Address) -> Operand {
        match self.model.audiences.get(address) {
            Some(nested) if is_active(nested) && nested.standard.is_some() => {
                self.leaf(|questions| &mut questions.given, &(), address.clone())
            }
            _ => self.members.get(address).copied().unwrap_or(Operand::FALSE),
        }
    }

    /// What all must hold for the criterion, or its complement, to hold.
    fn conjuncts(&mut self, criterion: &Criterion, negated: bool, into: &mut Vec<Operand>) {
        match (&criterion.kind, negated) {
            (Kind::All(inner), false) | (Kind::Any(inner), true) => {
                inner.iter().for_each(|each| self.conjuncts(each, negated, into));
            }
            (Kind::Not(inner), _) => self.conjuncts(inner, !negated, into),
            _ => into.push(self.operand(criterion).negated_if(negated)),
        }
    }

    fn operand(&mut self, criterion: &Criterion) -> Operand {
        match &criterion.kind {
            Kind::Everyone => Operand::TRUE,
            Kind::All(_) | Kind::Not(_) => {
                let mut conjuncts = Vec::new();
                self.conjuncts(criterion, false, &mut conjuncts);
                self.all(conjuncts)
            }
            Kind::Any(_) => {
                let mut conjuncts = Vec::new();
                self.conjuncts(criterion, true, &mut conjuncts);
                self.all(conjuncts).negated_if(true)
            }
            Kind::Member(address) => self.member(address),
            Kind::UserAttribute { attribute, predicate, workspaces, .. } => {
                self.field(&ProfileField::attribute(attribute), &canonical::predicate(predicate), workspaces)
            }
            Kind::Profile { field, predicate, workspaces } => {
                self.field(field, &canonical::predicate(predicate), workspaces)
            }
            Kind::Near { latitude, longitude, metres, workspaces } => {
                self.near(Circle { latitude: *latitude, longitude: *longitude, metres: *metres }, workspaces)
            }
            Kind::Attribution { edge, filter, workspaces } => self.attribution(*edge, filter.as_ref(), workspaces),
            Kind::Seen { edge, time, workspaces } => {
                let period = Period::of(*time).until_now();
                let seen = match edge {
                    SeenEdge::First => Seen::First(period),
                    SeenEdge::Last => Seen::Last(period),
                };
                self.any_profile(workspaces, |lowering, workspace| lowering.seen(workspace, seen))
            }
            Kind::Identity { identity, predicate, .. } => self.identity(*identity, canonical::predicate(predicate)),
            Kind::Event(test) => self.event(test),
            Kind::Picked(test) => self.picked(test),
            Kind::Sequence(sequence) => self.sequence(sequence),
            Kind::Abandoned(test) => self.abandoned(test),
            Kind::Aggregate(test) => self.aggregate(test),
        }
    }

    fn leaf<K: Clone + Eq + Hash, T: Clone + Eq + Hash>(
        &mut self,
        families: impl FnOnce(&mut Questions) -> &mut Families<K, T>,
        of: &K,
        test: T,
    ) -> Operand {
        let next = self.program.questions.len() as u32;
        Operand::leaf(families(&mut self.program.questions).slot(of, test, next))
    }

    /// Any of the operands: the complement of all complements.
    fn any(&mut self, operands: Vec<Operand>) -> Operand {
        let complements = operands.into_iter().map(|each| each.negated_if(true)).collect();
        self.all(complements).negated_if(true)
    }

    /// All of the operands: the node that already says so, or a new one.
    fn all(&mut self, mut operands: Vec<Operand>) -> Operand {
        operands.retain(|each| *each != Operand::TRUE);
        operands.sort_unstable();
        operands.dedup();
        let implied: Vec<Operand> = operands.iter().flat_map(|each| self.implied(*each)).copied().collect();
        operands.retain(|each| !implied.contains(each));
        let contradicts = |pair: &[Operand]| matches!(pair, [a, b] if a.source == b.source);
        if operands.contains(&Operand::FALSE) || operands.windows(2).any(contradicts) {
            return Operand::FALSE;
        }
        match operands.as_slice() {
            [] => Operand::TRUE,
            [one] => *one,
            _ => {
                let nodes = &mut self.program.nodes;
                let place = *self.nodes.entry(Node(operands)).or_insert_with_key(|node| {
                    nodes.push(node.clone());
                    nodes.len() as u32 - 1
                });
                Operand { source: Source::Node(place), negated: false }
            }
        }
    }

    /// What holds wherever an operand does, itself aside: a nested audience brings its population along.
    fn implied(&self, operand: Operand) -> &[Operand] {
        match operand {
            Operand { source: Source::Node(place), negated: false } => {
                self.program.nodes.get(place as usize).map_or(&[], |node| &node.0)
            }
            _ => &[],
        }
    }
}
