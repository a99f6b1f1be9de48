//! Users as plain rows, and the store made of them.

use std::collections::{BTreeMap, BTreeSet};

use aud::base::{Address, Duration, InputName, Mpid, Name, Now, Origin, Timestamp, WorkspaceName};
use aud::catalog::{CustomEventType, DeviceField, EventKey, IdentityType, LocationField, ProfileField};
use aud::ir::{Access, Audience, Criterion, Kind, Model, Status};
use aud::store::{Builder, EventRow, ProfileValue, Store};

/// Everybody, and the inputs that events come through.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    pub(super) inputs: Vec<InputName>,
    pub(super) users: Vec<User>,
}

/// What is known of one user.
#[derive(Clone, Debug, Default)]
pub(super) struct User {
    /// Sightings that are no events, in ms.
    pub(super) sightings: Vec<(WorkspaceName, i64)>,
    /// Attributes, calculated attributes, consent and attribution.
    pub(super) fields: BTreeMap<(WorkspaceName, ProfileField), Held>,
    pub(super) devices: Vec<(WorkspaceName, DeviceField, String)>,
    /// Where the user was, when; in the order in which it was told.
    pub(super) places: Vec<(WorkspaceName, i64, BTreeMap<LocationField, String>)>,
    pub(super) identities: Vec<(IdentityType, String)>,
    /// In the order in which they were stored.
    pub(super) events: Vec<Event>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Held {
    Null,
    Text(String),
    List(Vec<String>),
}

/// Attributes by name; `None` is null.
pub(super) type Attributes = BTreeMap<String, Option<String>>;

/// One event.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) key: EventKey,
    pub(super) at_ms: i64,
    /// A position in the inputs of the world.
    pub(super) input: u8,
    pub(super) event_type: CustomEventType,
    pub(super) id: Option<String>,
    pub(super) attributes: Attributes,
    pub(super) action: Attributes,
    pub(super) products: Vec<Attributes>,
}

pub(super) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(super) fn input(text: &str) -> InputName {
    InputName::try_from(text.to_owned()).unwrap()
}

pub(super) fn workspaces(names: &[&str]) -> BTreeSet<WorkspaceName> {
    names.iter().map(|each| name(each)).collect()
}

pub(super) fn days(count: u64) -> Duration {
    Duration::of(count, "days").unwrap()
}

pub(super) fn at(text: &str) -> i64 {
    Timestamp::parse_rfc3339(text).unwrap().0
}

pub(super) fn now(text: &str) -> Now {
    Now(Timestamp(at(text)))
}

impl World {
    /// An identity has one owner: the last user that it was given to.
    pub(super) fn settle(&mut self) {
        let mut taken = BTreeSet::new();
        for user in self.users.iter_mut().rev() {
            user.identities.retain(|identity| taken.insert(identity.clone()));
        }
    }

    /// The store in which user `i` has row `rows[i]`; the rows between belong to users of whom nothing is known.
    pub(super) fn store(&self, rows: &[u32]) -> Store {
        let mut builder = Builder::new(&self.inputs);
        for row in 0..rows.iter().max().map_or(0, |last| last + 1) {
            assert_eq!(builder.user(Mpid(i64::from(row) - 3)), row);
        }
        for (user, row) in self.users.iter().zip(rows) {
            user.put(*row, &mut builder);
        }
        builder.finish("test", 7)
    }

    /// The store in which user `i` has row `i`, each user's events spread over `count` segments in the order in which they
    /// came.
    pub(super) fn in_segments(&self, count: usize) -> Store {
        let mut builder = Builder::new(&self.inputs);
        for segment in 0..count {
            for (row, user) in self.users.iter().enumerate() {
                let row_in_store = builder.user(Mpid(row as i64 - 3));
                if segment == 0 {
                    User { events: Vec::new(), ..user.clone() }.put(row_in_store, &mut builder);
                }
                // Other users are cut elsewhere, so that a segment is not empty for all of them at once.
                let cut = |segment: usize| (user.events.len() * segment + row % count) / count;
                let from = if segment == 0 { 0 } else { cut(segment).min(user.events.len()) };
                let to = if segment + 1 == count { user.events.len() } else { cut(segment + 1).min(user.events.len()) };
                user.put_events(row_in_store, &mut builder, &user.events[from..to.max(from)]);
            }
            builder.close_segments();
        }
        builder.finish("test", 7)
    }

    /// The store in which user `i` has row `i`.
    pub(super) fn packed(&self) -> Store {
        self.store(&(0..self.users.len() as u32).collect::<Vec<_>>())
    }
}

impl User {
    fn put(&self, row: u32, builder: &mut Builder) {
        for (workspace, at_ms) in &self.sightings {
            builder.see(row, workspace, *at_ms);
        }
        for ((workspace, field), held) in &self.fields {
            let value = match held {
                Held::Null => ProfileValue::Null,
                Held::Text(text) => ProfileValue::Text(text),
                Held::List(entries) => ProfileValue::List(entries),
            };
            builder.field(row, workspace, field, value, None);
        }
        for (workspace, field, value) in &self.devices {
            builder.device(row, workspace, *field, value);
        }
        for (workspace, at_ms, place) in &self.places {
            builder.locate(row, workspace, *at_ms, place);
        }
        for (identity, value) in &self.identities {
            builder.identity(row, *identity, value);
        }
        self.put_events(row, builder, &self.events);
    }

    fn put_events(&self, row: u32, builder: &mut Builder, events: &[Event]) {
        for event in events {
            let products: Vec<_> = event.products.iter().map(pairs).collect();
            let row_of_event = EventRow {
                at_ms: event.at_ms,
                input: event.input,
                event_type: event.event_type,
                id: event.id.as_deref(),
                attributes: &pairs(&event.attributes),
                action: &pairs(&event.action),
                products: &products,
            };
            builder.event(row, &event.key, row_of_event);
        }
    }

    /// Sees the user in a workspace.
    pub(super) fn seen(mut self, workspace: &str, at_ms: i64) -> Self {
        self.sightings.push((name(workspace), at_ms));
        self
    }

    /// Sets an attribute in a workspace.
    pub(super) fn with(mut self, workspace: &str, attribute: &str, value: Option<&str>) -> Self {
        let held = value.map_or(Held::Null, |text| Held::Text(text.to_owned()));
        self.fields.insert((name(workspace), ProfileField::attribute(attribute)), held);
        self
    }

    /// Gives an identity.
    pub(super) fn known_as(mut self, identity: IdentityType, value: &str) -> Self {
        self.identities.push((identity, value.to_owned()));
        self
    }

    /// Adds an event without attributes.
    pub(super) fn does(self, event: &str, input: u8, at_ms: i64) -> Self {
        self.does_with(event, input, at_ms, &[])
    }

    /// Adds an event.
    pub(super) fn does_with(mut self, event: &str, input: u8, at_ms: i64, attributes: &[(&str, Option<&str>)]) -> Self {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned)));
        let attributes = attributes.collect();
        self.events.push(Event { attributes, ..Event::of(EventKey::custom(event), input, at_ms) });
        self
    }
}

impl Event {
    /// An event with nothing in it.
    pub(super) fn of(key: EventKey, input: u8, at_ms: i64) -> Self {
        let event_type = CustomEventType::Other;
        let (attributes, action) = (Attributes::new(), Attributes::new());
        Self { key, at_ms, input, event_type, id: None, attributes, action, products: Vec::new() }
    }
}

pub(super) fn pairs(attributes: &Attributes) -> Vec<(&str, Option<&str>)> {
    attributes.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect()
}

/// An audience with what the evaluation looks at.
pub(super) fn audience(address: &str, workspaces: BTreeSet<WorkspaceName>, criterion: Kind) -> Audience {
    Audience {
        address: name(address),
        name: address.to_owned(),
        external_name: address.to_owned(),
        doc: None,
        workspaces,
        inputs: BTreeSet::new(),
        tags: BTreeSet::new(),
        status: Status::Active,
        access: Access::Usable,
        protect: false,
        standard: None,
        criterion: Criterion::new(criterion).into(),
        split: None,
        connections: Vec::new(),
        origin: Origin::default(),
    }
}

/// A model of some audiences, with retentions of 30 days.
pub(super) fn model(audiences: impl IntoIterator<Item = Audience>) -> Model {
    Model {
        project: "test".to_owned(),
        audiences: audiences.into_iter().map(|each| (each.address.clone(), each)).collect::<BTreeMap<Address, _>>(),
        moves: Vec::new(),
        guards: Vec::new(),
        assertions: Vec::new(),
        event_retention: Some(days(30)),
        profile_retention: Some(days(30)),
    }
}
