//! A small world to plan in: users, what is written, what is deployed.

use std::collections::{BTreeMap, BTreeSet};

use aud::base::{Address, Fingerprint, InputName, Mpid, Name, Now, Origin, OutputName, SourceId, Span, Timestamp};
use aud::catalog::{CustomEventType, EventKey, IdentityType, OutputKind};
use aud::ir::{
    Access, Audience, Connection, ConnectionStatus, Count, Criterion, EventTest, Events, Float, Kind, Model, Move,
    Predicate, Split, Status, Unit, Variant, VariantName, normalise,
};
use aud::members::Memberships;
use aud::plan::{Allowance, Change, Input, Plan, Reach, Refusals, Selection, keys, make};
use aud::project::Output;
use aud::state::{AudienceRecord, Snapshot};
use aud::store::{Builder, Store};
use roaring::RoaringBitmap;

pub(crate) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(crate) fn set(numbers: impl IntoIterator<Item = u32>) -> RoaringBitmap {
    numbers.into_iter().collect()
}

pub(crate) fn user(attribute: &str, predicate: Predicate) -> Criterion {
    let workspaces = [name("shop")].into();
    Criterion::new(Kind::UserAttribute { attribute: attribute.to_owned(), list: false, predicate, workspaces })
}

pub(crate) fn more_than(attribute: &str, number: f64) -> Criterion {
    user(attribute, Predicate::Greater(Float::new(number).unwrap()))
}

pub(crate) fn member(address: &str) -> Criterion {
    Criterion::new(Kind::Member(name(address)))
}

pub(crate) fn event(event: &str, change: impl FnOnce(&mut EventTest)) -> Criterion {
    let mut test = EventTest {
        events: Events {
            event: EventKey::custom(event),
            event_type: None::<CustomEventType>,
            unit: Unit::Event,
            filter: None,
            time: None,
            inputs: inputs(),
        },
        count: Count::ONCE,
    };
    change(&mut test);
    Criterion::new(Kind::Event(Box::new(test)))
}

pub(crate) fn not(inner: Criterion) -> Criterion {
    Criterion::new(Kind::Not(Box::new(inner)))
}

pub(crate) fn all_of(inner: impl Into<Vec<Criterion>>) -> Criterion {
    normalise(Criterion::new(Kind::All(inner.into())))
}

pub(crate) fn any_of(inner: impl Into<Vec<Criterion>>) -> Criterion {
    normalise(Criterion::new(Kind::Any(inner.into())))
}

pub(crate) fn inputs() -> BTreeSet<InputName> {
    ["ios", "web"].map(|input| InputName { workspace: name("shop"), input: name(input) }).into()
}

pub(crate) fn audience(address: &str, criterion: Criterion) -> Audience {
    Audience {
        address: name(address),
        name: address.to_owned(),
        external_name: address.to_owned(),
        doc: None,
        workspaces: [name("shop")].into(),
        inputs: inputs(),
        tags: BTreeSet::new(),
        status: Status::Active,
        access: Access::Usable,
        protect: false,
        standard: None,
        criterion: criterion.into(),
        split: None,
        connections: Vec::new(),
        origin: Origin::default(),
    }
}

pub(crate) fn connect(variant: VariantName, output: &str) -> Connection {
    Connection {
        variant,
        output: name(output),
        status: ConnectionStatus::Sending,
        share: BTreeSet::new(),
        settings: BTreeMap::new(),
        origin: Origin::default(),
    }
}

pub(crate) fn split(test: &str, shares: &[(&str, u8)]) -> Split {
    let variant =
        |(variant, share): &(&str, u8)| Variant { name: name(variant), title: format!("The {variant}"), share: *share };
    Split { name: name(test), salt: None, variants: shares.iter().map(variant).collect() }
}

pub(crate) fn variant(text: &str) -> VariantName {
    VariantName::Variant(name(text))
}

/// When every plan is made.
pub(crate) fn now() -> Now {
    Now(Timestamp::parse_rfc3339("2026-11-23T14:20:00Z").unwrap())
}

/// Users by row, what is written, what is deployed. Rows are the store's, numbers the state's.
pub(crate) struct World {
    /// The MPID of each row of the store.
    pub(crate) rows: Vec<i64>,
    pub(crate) model: Model,
    pub(crate) snapshot: Snapshot,
    pub(crate) members: BTreeMap<Address, RoaringBitmap>,
    pub(crate) outputs: BTreeMap<OutputName, Output>,
    pub(crate) targets: Vec<Address>,
    pub(crate) excluded: Vec<Address>,
    pub(crate) replace: Vec<Address>,
    pub(crate) allowed: Vec<Allowance>,
    pub(crate) until: BTreeMap<Address, Option<Timestamp>>,
    /// Who would be in audiences by their definitions as deployed, by row.
    pub(crate) by_deployed: BTreeMap<Address, RoaringBitmap>,
    pub(crate) shadow: bool,
    pub(crate) sample: usize,
}

impl World {
    /// Hundred users with MPIDs from 1000 on, in the state under the same numbers as in the store, and the outputs
    /// `warehouse` and `archive`.
    pub(crate) fn new() -> Self {
        let rows: Vec<i64> = (1000..1100).collect();
        let output = |output: &str| Output {
            name: name(output),
            kind: OutputKind::find("file").unwrap(),
            settings: [("path".to_owned(), "delivered".into())].into(),
            secrets: BTreeMap::new(),
            span: Span::new(SourceId(0), 0, 0),
        };
        Self {
            model: Model {
                project: "shop".to_owned(),
                audiences: BTreeMap::new(),
                moves: Vec::new(),
                guards: Vec::new(),
                assertions: Vec::new(),
                event_retention: None,
                profile_retention: None,
            },
            snapshot: Snapshot {
                lineage: "3f8a".to_owned(),
                serial: 17,
                mpids: rows.iter().copied().map(Mpid).collect(),
                audiences: Vec::new(),
                pending: 0,
                evaluated: None,
            },
            rows,
            members: BTreeMap::new(),
            outputs: ["warehouse", "archive"].map(|each| (name(each), output(each))).into(),
            targets: Vec::new(),
            excluded: Vec::new(),
            replace: Vec::new(),
            allowed: Vec::new(),
            until: BTreeMap::new(),
            by_deployed: BTreeMap::new(),
            shadow: false,
            sample: 0,
        }
    }

    /// Writes an audience; `rows` are its members in the store.
    pub(crate) fn write(mut self, audience: Audience, rows: impl IntoIterator<Item = u32>) -> Self {
        if audience.status == Status::Active {
            self.members.insert(audience.address.clone(), set(rows));
        }
        self.model.audiences.insert(audience.address.clone(), audience);
        self
    }

    /// Deploys an audience; `numbers` are its members in the state.
    pub(crate) fn deploy(mut self, audience: Audience, numbers: impl IntoIterator<Item = u32>) -> Self {
        let at = || (Timestamp(1_700_000_000_000), "ann".to_owned());
        let salt = audience.split.as_ref().map(|split| {
            let fresh = || format!("shop/{}/{}", audience.address, split.name);
            split.salt.clone().unwrap_or_else(fresh)
        });
        self.snapshot.audiences.push(AudienceRecord {
            id: self.snapshot.audiences.len() as u64 + 1,
            fingerprint: audience.fingerprint(),
            revision: 1,
            salt,
            created: at(),
            updated: at(),
            members: (audience.status == Status::Active).then(|| set(numbers)),
            evaluated: (audience.status == Status::Active).then_some(Timestamp(1_700_000_000_000)),
            definition: audience,
            checked: None,
            drift: aud::state::Drift::default(),
        });
        self
    }

    /// Writes and deploys the same audience with the same members.
    pub(crate) fn keep(self, audience: Audience, members: impl IntoIterator<Item = u32> + Clone) -> Self {
        self.write(audience.clone(), members.clone()).deploy(audience, members)
    }

    pub(crate) fn moved(mut self, from: &str, to: &str) -> Self {
        self.model.moves.push(Move { from: name(from), to: name(to) });
        self
    }

    pub(crate) fn target(mut self, address: &str) -> Self {
        self.targets.push(name(address));
        self
    }

    pub(crate) fn store(&self) -> Store {
        let mut builder = Builder::new(&[]);
        for mpid in &self.rows {
            builder.user(Mpid(*mpid));
        }
        builder.finish("5eed", 41)
    }

    pub(crate) fn memberships(&self) -> Memberships {
        Memberships { now: now(), data_version: 41, audiences: self.members.clone() }
    }

    fn selection(&self) -> Selection {
        let targets = (!self.targets.is_empty()).then(|| self.targets.clone());
        Selection { targets, excluded: self.excluded.clone(), by: Vec::new() }
    }

    fn as_deployed(&self) -> Memberships {
        Memberships { now: now(), data_version: 41, audiences: self.by_deployed.clone() }
    }

    pub(crate) fn try_plan(&self) -> Result<Plan, Refusals> {
        make(Input {
            model: &self.model,
            snapshot: &self.snapshot,
            memberships: &self.memberships(),
            store: &self.store(),
            outputs: &self.outputs,
            reach: &reach,
            selection: &self.selection(),
            replace: &self.replace,
            allowed: &self.allowed,
            keys: &keys(&self.model),
            until: &self.until,
            as_deployed: &self.as_deployed(),
            sample: self.sample,
            environment: (None, self.shadow),
            tool: "0.1.0",
            definitions: Fingerprint::of("the definitions"),
        })
    }

    pub(crate) fn plan(&self) -> Plan {
        self.try_plan().unwrap()
    }

    /// The refusals as a person reads them.
    pub(crate) fn refusals(&self) -> Vec<String> {
        self.try_plan().unwrap_err().iter().map(|refusal| format!("{refusal}; {}", refusal.help())).collect()
    }
}

/// Everybody has a customer id but the users whose MPID is a multiple of ten; every even one has an email.
fn reach(_: &OutputKind, users: &mut dyn Iterator<Item = Mpid>) -> Reach {
    let mut reach = Reach::default();
    for Mpid(user) in users {
        let customer = user % 10 != 0;
        let email = user % 2 == 0 && user % 20 != 0;
        for (has, identity) in [(customer, IdentityType::CustomerId), (email, IdentityType::Email)] {
            *reach.identities.entry(identity).or_default() += u64::from(has);
        }
        reach.unreachable += u64::from(!customer && !email);
    }
    reach
}

/// The one change of a plan.
pub(crate) fn only(plan: &Plan) -> &Change {
    assert_eq!(plan.changes.len(), 1, "{:?}", plan.changes.iter().map(|change| &change.address).collect::<Vec<_>>());
    &plan.changes[0]
}

/// The fields that differ, as `field: old -> new`, with what may be left out of the new text in brackets.
pub(crate) fn fields(change: &Change) -> Vec<String> {
    let text = |side: &Option<String>| side.clone().unwrap_or_else(|| "nothing".to_owned());
    let line = |field: &aud::plan::FieldChange| {
        let new = text(&field.new);
        let (shared, rest) = new.split_at(field.shared);
        let shared = if shared.is_empty() { String::new() } else { format!("[{shared}]") };
        format!("{}: {} -> {shared}{rest}", field.field, text(&field.old))
    };
    change.fields.iter().map(line).collect()
}
