//! From criteria to leaves and nodes.
//!
//! In: a model. Out: a program. Audiences are lowered after those that they nest, so that membership of another audience is
//! a reference to bits that are already there, however deep the nesting goes.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hash;

use hashbrown::HashMap;
use rapidhash::fast::RandomState;

use super::question::{Families, Occurrence, Questions, Seen, Stream};
use super::{Node, Operand, Period, Program, Source, canonical};
use crate::base::{Address, WorkspaceName};
use crate::catalog::{IdentityType, ProfileField};
use crate::ir::{Audience, Count, Criterion, EventTest, Kind, Model, Predicate, SeenEdge, Status};

pub(super) fn lower(model: &Model, only: Option<&BTreeSet<Address>>) -> Program {
    let wanted: Vec<&Audience> =
        active(model).filter(|each| only.is_none_or(|only| only.contains(&each.address))).collect();
    let mut lowering = Lowering {
        model,
        program: Program::default(),
        nodes: HashMap::default(),
        members: BTreeMap::new(),
        alive_everywhere_in: None,
    };
    for audience in nested_first(model, &wanted) {
        let members = lowering.audience(audience);
        lowering.members.insert(&audience.address, members);
    }
    let roots = wanted.iter().map(|each| (each.address.clone(), lowering.member(&each.address)));
    let roots = roots.collect();
    Program { roots, ..lowering.program }
}

fn active(model: &Model) -> impl Iterator<Item = &Audience> {
    model.audiences.values().filter(|audience| audience.status == Status::Active)
}

/// The wanted audiences and all that they nest, each after those that it nests. Not recursive: a chain of nested
/// audiences may be as long as a project is large.
fn nested_first<'m>(model: &'m Model, wanted: &[&'m Audience]) -> Vec<&'m Audience> {
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
            open.extend(nested.filter(|each| each.status == Status::Active).map(|each| (each, false)));
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
}

impl<'m> Lowering<'m> {
    /// An audience's membership: its population and its criterion (M12).
    fn audience(&mut self, audience: &'m Audience) -> Operand {
        self.alive_everywhere_in = None;
        let population = self.any_alive(&audience.workspaces);
        self.alive_everywhere_in = match audience.workspaces.first() {
            Some(only) if audience.workspaces.len() == 1 => Some(only),
            _ => None,
        };
        let mut conjuncts = vec![population];
        self.conjuncts(&audience.criterion, false, &mut conjuncts);
        self.all(conjuncts)
    }

    /// The membership of another audience; nobody where it is unknown, a draft, or nests the one at hand.
    fn member(&self, address: &Address) -> Operand {
        self.members.get(address).copied().unwrap_or(Operand::FALSE)
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
                self.attribute(attribute, &canonical::predicate(predicate), workspaces)
            }
            Kind::Seen { edge, time, workspaces } => {
                let period = Period::of(*time).until_now();
                let seen = match edge {
                    SeenEdge::First => Seen::First(period),
                    SeenEdge::Last => Seen::Last(period),
                };
                self.any_profile(workspaces, |lowering, workspace| lowering.seen(workspace, seen))
            }
            Kind::Identity { identity, predicate, .. } => self.identity(*identity, canonical::predicate(predicate)),
            Kind::Event(event) => self.event(event),
            _ => Operand::FALSE,
        }
    }

    /// A user attribute: in any living profile of the workspaces read (M10, M21). Where there is none, the key is missing,
    /// which `is empty` accepts (M3a).
    fn attribute(&mut self, attribute: &str, predicate: &Predicate, workspaces: &BTreeSet<WorkspaceName>) -> Operand {
        let any = self.any_profile(workspaces, |lowering, workspace| {
            let key = (workspace.clone(), ProfileField::attribute(attribute));
            lowering.leaf(|questions| &mut questions.attributes, &key, predicate.clone())
        });
        if *predicate == Predicate::Empty {
            let alive = self.any_alive(workspaces);
            return self.any(vec![any, alive.negated_if(true)]);
        }
        any
    }

    /// An identity. It belongs to the user, whatever the workspace. `is empty` holds where there is none.
    fn identity(&mut self, identity: IdentityType, predicate: Predicate) -> Operand {
        let is_empty = predicate == Predicate::Empty;
        let any = self.leaf(|questions| &mut questions.identities, &identity, predicate);
        if is_empty {
            let exists = self.leaf(|questions| &mut questions.identities, &identity, Predicate::Exists);
            return self.any(vec![any, exists.negated_if(true)]);
        }
        any
    }

    /// A range of counts: at least the fewest and not one more than the most (M11).
    fn event(&mut self, test: &EventTest) -> Operand {
        let event = &test.events;
        let stream = Stream {
            event: event.event.clone(),
            event_type: event.event_type,
            filter: event.filter.as_ref().map(canonical::condition),
            inputs: event.inputs.clone(),
        };
        let period = event.time.map_or(Period::ALL, Period::of);
        let period = period.retained(self.model.event_retention).until_now();
        let Count { least, most } = test.count;
        if most.is_some_and(|most| most < least) {
            return Operand::FALSE;
        }
        let enough = self.at_least(&stream, period, least);
        match most.and_then(|most| most.checked_add(1)) {
            Some(too_many) => {
                let too_many = self.at_least(&stream, period, too_many);
                self.all(vec![enough, too_many.negated_if(true)])
            }
            None => enough,
        }
    }

    fn at_least(&mut self, stream: &Stream, period: Period, least: u64) -> Operand {
        if least == 0 {
            return Operand::TRUE;
        }
        self.leaf(|questions| &mut questions.events, stream, Occurrence { period, least })
    }

    /// Whether a question holds for any living profile in some workspaces.
    fn any_profile(
        &mut self,
        workspaces: &BTreeSet<WorkspaceName>,
        mut holds: impl FnMut(&mut Self, &WorkspaceName) -> Operand,
    ) -> Operand {
        let mut each = Vec::new();
        for workspace in workspaces {
            let conjuncts = vec![self.alive(workspace), holds(self, workspace)];
            each.push(self.all(conjuncts));
        }
        self.any(each)
    }

    fn any_alive(&mut self, workspaces: &BTreeSet<WorkspaceName>) -> Operand {
        let each = workspaces.iter().map(|workspace| self.alive(workspace)).collect();
        self.any(each)
    }

    /// Whether the profile in a workspace is alive: seen within the retention, up to `now` (M12).
    fn alive(&mut self, workspace: &WorkspaceName) -> Operand {
        if self.alive_everywhere_in == Some(workspace) {
            return Operand::TRUE;
        }
        let retention = Period::ALL.retained(self.model.profile_retention).until_now();
        self.seen(workspace, Seen::Last(retention))
    }

    fn seen(&mut self, workspace: &WorkspaceName, seen: Seen) -> Operand {
        self.leaf(|questions| &mut questions.sightings, workspace, seen)
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
