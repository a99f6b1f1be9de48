//! The answers to single criteria of an audience, for users in its population or not.
//!
//! In: an audience, its questions, a store. Out: for each question the rows that it holds for. Each becomes an audience of its
//! own, over users who are all in the population of a workspace that no criterion reads.

use std::collections::{BTreeMap, BTreeSet};

use roaring::RoaringBitmap;

use crate::base::{Address, Name, Now, WorkspaceName};
use crate::eval::{self, Stored};
use crate::explain::{apart, opened};
use crate::ir::{Audience, Criterion, Kind, Model};
use crate::store::Store;

pub(super) struct Answers {
    questions: Vec<RoaringBitmap>,
    population: RoaringBitmap,
    /// The members of the audiences that it nests.
    nested: BTreeMap<Address, RoaringBitmap>,
}

impl Answers {
    pub(super) fn new(
        model: &Model,
        audience: &Audience,
        store: &Store,
        now: Now,
        questions: &[&Criterion],
    ) -> Option<Self> {
        let apart = apart(store)?;
        let at = audience.standard.map_or(now, |standard| eval::as_of(standard, now));
        let asking = Asking { model, audience, now };
        let nested: BTreeSet<Address> = audience.nested().into_iter().cloned().collect();
        let nested = match nested.is_empty() {
            true => BTreeMap::new(),
            false => eval::evaluate(model, store, at, Some(&nested), &Stored::default()).audiences,
        };
        let everyone = Criterion::new(Kind::Everyone);
        Some(Self {
            questions: asking.rows(&opened(store, &apart, at), &BTreeSet::from([apart]), questions),
            population: asking.rows(store, &audience.workspaces, &[&everyone]).pop().unwrap_or_default(),
            nested,
        })
    }

    pub(super) fn holds(&self, question: usize, user: usize) -> bool {
        self.questions.get(question).is_some_and(|rows| rows.contains(user as u32))
    }

    pub(super) fn is_member(&self, nested: &Address, user: usize) -> bool {
        self.nested.get(nested).is_some_and(|rows| rows.contains(user as u32))
    }

    pub(super) fn in_population(&self, user: usize) -> bool {
        self.population.contains(user as u32)
    }
}

struct Asking<'a> {
    model: &'a Model,
    audience: &'a Audience,
    now: Now,
}

impl Asking<'_> {
    /// The rows that each criterion holds for, in the population of these workspaces.
    fn rows(&self, store: &Store, of: &BTreeSet<WorkspaceName>, criteria: &[&Criterion]) -> Vec<RoaringBitmap> {
        let audience = |(at, criterion): (usize, &&Criterion)| {
            let address = address(at)?;
            let workspaces = of.clone();
            let criterion = (*criterion).clone();
            Some((
                address.clone(),
                Audience { address, workspaces, criterion: criterion.into(), ..self.audience.clone() },
            ))
        };
        let model = Model {
            project: self.model.project.clone(),
            audiences: criteria.iter().enumerate().filter_map(audience).collect(),
            moves: Vec::new(),
            guards: Vec::new(),
            assertions: Vec::new(),
            event_retention: self.model.event_retention,
            profile_retention: self.model.profile_retention,
        };
        let mut members = eval::evaluate(&model, store, self.now, None, &Stored::default()).audiences;
        let take = |at| address(at).and_then(|address| members.remove(&address)).unwrap_or_default();
        (0..criteria.len()).map(take).collect()
    }
}

fn address(number: usize) -> Option<Address> {
    Name::new(&format!("_{number}")).ok()
}
