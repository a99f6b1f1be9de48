//! Asking the evaluator about single criteria, single events and single values.
//!
//! In: criteria and a store. Out: for each criterion the rows that it holds for. Each becomes an audience of its own, all of
//! them evaluated in one program. So that a criterion can be asked of anyone, in a population or not, every row of the store
//! is given a living profile in a workspace that no criterion reads, and opt-outs lose what they say.

use std::collections::{BTreeMap, BTreeSet};

use roaring::RoaringBitmap;

use super::Question;
use super::open::{apart, opened, silenced};
use crate::base::{Address, Duration, Name, Now, Origin, TimeFilter, Window, WorkspaceName};
use crate::eval::{self, Reach, Stored};
use crate::ir::{Access, Audience, Criterion, Kind, Model, Standard, Status};
use crate::store::Store;

/// The evaluator, asked for one audience's clock.
pub(super) struct Probe {
    /// A model without audiences, with the retentions.
    shell: Model,
    now: Now,
    standard: Option<Standard>,
    reach: Reach,
    /// A workspace that nobody reads.
    apart: WorkspaceName,
}

impl Probe {
    /// Asks about an audience at the instant of the one around it; a standard audience has an instant of its own.
    pub(super) fn new(question: &Question<'_>, audience: &Audience, around: Now) -> Option<Self> {
        let Model { project, event_retention, profile_retention, .. } = question.model;
        Some(Self {
            shell: Model {
                project: project.clone(),
                audiences: BTreeMap::new(),
                moves: Vec::new(),
                guards: Vec::new(),
                assertions: Vec::new(),
                event_retention: *event_retention,
                profile_retention: *profile_retention,
            },
            now: if audience.standard.is_some() { question.now } else { around },
            standard: audience.standard,
            reach: Reach::of(question.model, audience),
            apart: apart(question.store)?,
        })
    }

    /// The instant that criteria are asked at: of a standard audience the end of its range, where that is earlier (M23).
    pub(super) fn at(&self) -> Now {
        self.standard.map_or(self.now, |standard| eval::as_of(standard, self.now))
    }

    /// How long a profile lives.
    pub(super) fn profile_retention(&self) -> Option<Duration> {
        self.shell.profile_retention
    }

    /// The instants of events that are read under a time filter (M9, M10, M23).
    pub(super) fn window(&self, time: Option<TimeFilter>) -> Window {
        self.reach.period(time).window(self.at())
    }

    /// Whether the user is in a population.
    pub(super) fn population(&self, store: &Store, workspaces: &BTreeSet<WorkspaceName>) -> bool {
        let everyone = Criterion::new(Kind::Everyone);
        let [only] = &*self.members(store, workspaces, &[everyone]) else { return false };
        only.contains(0)
    }

    /// Whether the profile in a workspace is alive, whatever the user says about data.
    pub(super) fn alive(&self, store: &Store, workspace: &WorkspaceName) -> bool {
        self.population(&silenced(store), &BTreeSet::from([workspace.clone()]))
    }

    /// The rows that each criterion holds for, whatever their population.
    pub(super) fn rows(&self, store: &Store, criteria: &[Criterion]) -> Vec<RoaringBitmap> {
        self.members(&opened(store, &self.apart, self.at()), &BTreeSet::from([self.apart.clone()]), criteria)
    }

    /// Whether each criterion holds for the first row, whatever its population.
    pub(super) fn holds(&self, store: &Store, criteria: &[Criterion]) -> Vec<bool> {
        self.rows(store, criteria).iter().map(|rows| rows.contains(0)).collect()
    }

    fn members(
        &self,
        store: &Store,
        workspaces: &BTreeSet<WorkspaceName>,
        criteria: &[Criterion],
    ) -> Vec<RoaringBitmap> {
        let address = |at: usize| Name::new(&format!("_{at}")).ok();
        let audience = |(at, criterion): (usize, &Criterion)| {
            let address = address(at)?;
            Some((address.clone(), plain(address, workspaces, criterion, self.standard)))
        };
        let audiences = criteria.iter().enumerate().filter_map(audience).collect();
        let model = Model { audiences, ..self.shell.clone() };
        let mut members = eval::evaluate(&model, store, self.now, None, &Stored::default()).audiences;
        let mut take = |at| address(at).and_then(|address| members.remove(&address)).unwrap_or_default();
        (0..criteria.len()).map(&mut take).collect()
    }
}

fn plain(
    address: Address,
    workspaces: &BTreeSet<WorkspaceName>,
    criterion: &Criterion,
    standard: Option<Standard>,
) -> Audience {
    Audience {
        name: address.to_string(),
        external_name: address.to_string(),
        address,
        doc: None,
        workspaces: workspaces.clone(),
        inputs: BTreeSet::new(),
        tags: BTreeSet::new(),
        status: Status::Active,
        access: Access::Private,
        protect: false,
        criterion: criterion.clone().into(),
        standard,
        split: None,
        connections: Vec::new(),
        origin: Origin::default(),
    }
}
