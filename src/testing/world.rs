//! The users of a test as a store.
//!
//! In: a test, a step of it, and the input of events that name none. Out: a [`Store`] with what has happened up to that step.
//!
//! What always holds: user `i` of the test is row `i`. A user has a profile in every workspace, seen at the test's `now`, at
//! each event, at each change (which is at the step that it stands in), and where `first seen` says. What two users of
//! a test hold from the start both hold, so that one can be made from the other; an identity that a user is given later
//! leaves whoever had it. Events of the future are left out: they do not count (M9), and are no sightings yet.

use std::collections::HashSet;
use std::sync::Arc;

use crate::base::{InputName, Mpid, Timestamp, WorkspaceName};
use crate::catalog::{EventKey, IdentityType, ProfileField};
use crate::identity::{clean, derive_mpid};
use crate::ir::{Audience, Fact, Happening, Scenario, Sent, TestUser};
use crate::project::Project;
use crate::store::{Builder, EventRow, Identities, ProfileValue, Store};

/// The attributes of a commerce event that belong to its action on the platform (M21).
const OF_ACTION: [&str; 10] = [
    "transaction_id",
    "total_amount",
    "tax_amount",
    "shipping_amount",
    "coupon_code",
    "affiliation",
    "checkout_step",
    "checkout_options",
    "product_action_list",
    "product_list_source",
];

/// The input of events that name none: the audience's first, in the order of the project, in its first workspace.
pub(super) fn first_input(project: &Project, audience: &Audience) -> Option<InputName> {
    let workspace = project.workspaces.iter().find(|workspace| audience.workspaces.contains(&workspace.name))?;
    let mut inputs = workspace.inputs.iter().map(|input| &input.name);
    let first = inputs.clone().next();
    inputs.find(|input| audience.inputs.contains(*input)).or(first).cloned()
}

/// The number of a user.
pub(super) fn mpid(user: &TestUser) -> Mpid {
    let derived = || derive_mpid(IdentityType::Other, &format!("test:{}", user.name), 0);
    user.mpid.or_else(derived).unwrap_or(Mpid(0))
}

/// Everything that has happened up to a step, counted from 0.
pub(super) fn store(project: &Project, scenario: &Scenario, step: usize, first_input: Option<&InputName>) -> Store {
    let Some(now) = scenario.steps.get(step).map(|step| step.now) else { return Store::empty() };
    let inputs: Vec<InputName> = project.inputs().map(|input| input.name.clone()).collect();
    let mut world = World {
        builder: Builder::new(&inputs),
        workspaces: project.workspaces.iter().map(|workspace| workspace.name.clone()).collect(),
        inputs,
        first_input,
        now,
        identities: vec![Vec::new(); scenario.users.len()],
        event_ids: HashSet::new(),
    };
    let rows: Vec<u32> = scenario.users.iter().map(|user| world.user(user, scenario.now)).collect();
    for then in scenario.steps.iter().take(step + 1) {
        for (user, fact) in &then.facts {
            let Some(row) = rows.get(*user) else { continue };
            if let Fact::Identity(identity, value) = fact {
                world.take_away(*identity, value);
            }
            world.happens(*row, fact, then.now);
        }
    }
    world.finish()
}

/// When a change or an event is a sighting.
fn when(fact: &Fact, now: Timestamp) -> Timestamp {
    match fact {
        Fact::Event(event) => event.at,
        Fact::Location(at, _) => *at,
        _ => now,
    }
}

struct World<'a> {
    builder: Builder,
    workspaces: Vec<WorkspaceName>,
    inputs: Vec<InputName>,
    first_input: Option<&'a InputName>,
    now: Timestamp,
    identities: Vec<Vec<(IdentityType, String)>>,
    /// Users and ids of the events that have been stored (M20).
    event_ids: HashSet<(u32, &'a str)>,
}

impl<'a> World<'a> {
    fn user(&mut self, user: &'a TestUser, now: Timestamp) -> u32 {
        let row = self.builder.user(mpid(user));
        self.see(row, now);
        user.first_seen.into_iter().for_each(|first| self.see(row, first));
        user.facts.iter().for_each(|fact| self.happens(row, fact, now));
        row
    }

    /// The finished store.
    fn finish(self) -> Store {
        let mut store = self.builder.finish("test", 1);
        let mut users = (*store.users).clone();
        users.identities = Identities::as_given(&self.identities);
        store.users = Arc::new(users);
        store
    }

    /// A fact that is known since some instant, which is a sighting.
    fn happens(&mut self, row: u32, fact: &'a Fact, at: Timestamp) {
        if let Fact::Event(event) = fact {
            let duplicate = event.id.as_deref().is_some_and(|id| !self.event_ids.insert((row, id)));
            if duplicate || event.at > self.now {
                return;
            }
        }
        self.see(row, when(fact, at));
        self.fact(row, fact);
    }

    /// Takes an identity from everybody who has it.
    fn take_away(&mut self, identity: IdentityType, value: &str) {
        let same = |each: &(IdentityType, String)| each.0 == identity && Some(each.1.as_str()) == clean(value);
        self.identities.iter_mut().for_each(|held| held.retain(|each| !same(each)));
    }

    fn see(&mut self, row: u32, at: Timestamp) {
        self.workspaces.iter().for_each(|workspace| self.builder.see(row, workspace, at.0));
    }

    fn fact(&mut self, row: u32, fact: &Fact) {
        let text = |is: bool| Sent::Text(is.to_string());
        match fact {
            Fact::Identity(identity, value) => {
                if let (Some(value), Some(held)) = (clean(value), self.identities.get_mut(row as usize)) {
                    held.push((*identity, value.to_owned()));
                }
            }
            Fact::Attribute(name, value) => self.field(row, &ProfileField::attribute(name), Some(value)),
            Fact::NoAttribute(name) => self.field(row, &ProfileField::attribute(name), None),
            Fact::Calculated(name, value) => self.field(row, &ProfileField::Calculated(name.clone()), Some(value)),
            Fact::Consent(regulation, purpose, granted) => {
                self.field(row, &ProfileField::Consent(*regulation, purpose.clone()), Some(&text(*granted)));
            }
            Fact::Device(field, value) => {
                self.workspaces.iter().for_each(|workspace| self.builder.device(row, workspace, *field, value));
            }
            Fact::Location(at, known) => {
                self.workspaces.iter().for_each(|workspace| self.builder.locate(row, workspace, at.0, known));
            }
            Fact::Attribution(edge, attributes) => {
                self.field(row, &ProfileField::Attribution(*edge, None), Some(&text(true)));
                for (name, value) in attributes {
                    self.field(row, &ProfileField::Attribution(*edge, Some(name.clone())), Some(value));
                }
            }
            Fact::Event(event) => self.event(row, event),
        }
    }

    /// Sets a field of the profile in every workspace; `None` takes it away.
    fn field(&mut self, row: u32, field: &ProfileField, sent: Option<&Sent>) {
        let value = match sent {
            None => ProfileValue::Absent,
            Some(Sent::Null) => ProfileValue::Null,
            Some(Sent::Text(text)) => ProfileValue::Text(text),
            Some(Sent::List(entries)) => ProfileValue::List(entries),
        };
        self.workspaces.iter().for_each(|workspace| self.builder.field(row, workspace, field, value, None));
    }

    fn event(&mut self, row: u32, event: &Happening) {
        let input = event.input.as_ref().or(self.first_input);
        let Some(input) = input.and_then(|input| self.inputs.iter().position(|each| each == input)) else { return };
        let Ok(input) = u8::try_from(input) else { return };
        let texts = Texts::of(event);
        let products: Vec<Vec<(&str, Option<&str>)>> = texts.products.iter().map(|each| pairs(each)).collect();
        let event_row = EventRow {
            at_ms: event.at.0,
            input,
            event_type: event.event_type,
            id: event.id.as_deref(),
            attributes: &pairs(&texts.own),
            action: &pairs(&texts.action),
            products: &products,
        };
        // An id that comes again with the same event is the same event.
        let times = if event.id.is_some() { 1 } else { event.times };
        (0..times).for_each(|_| self.builder.event(row, &event.event, event_row));
    }
}

/// What an event carries as texts, by the part that it belongs to.
struct Texts<'a> {
    own: Vec<(&'a str, Option<String>)>,
    action: Vec<(&'a str, Option<String>)>,
    products: Vec<Vec<(&'a str, Option<String>)>>,
}

impl<'a> Texts<'a> {
    fn of(event: &'a Happening) -> Self {
        let text = |(name, sent): (&'a String, &'a Sent)| (name.as_str(), text(sent));
        let all = event.deed.attributes.iter().map(text);
        let (action, own) = all.partition(|(name, _)| is_of_action(&event.event, name));
        let products = event.deed.products.iter().map(|product| product.iter().map(text).collect()).collect();
        Self { own, action, products }
    }
}

fn is_of_action(event: &EventKey, name: &str) -> bool {
    event.kind.is_commerce() && OF_ACTION.contains(&name)
}

/// The text of an attribute of an event; a list as the text of its JSON, since events carry no lists.
fn text(sent: &Sent) -> Option<String> {
    match sent {
        Sent::Null => None,
        Sent::Text(text) => Some(text.clone()),
        Sent::List(entries) => Some(serde_json::Value::from(entries.as_slice()).to_string()),
    }
}

fn pairs<'t>(texts: &'t [(&'t str, Option<String>)]) -> Vec<(&'t str, Option<&'t str>)> {
    texts.iter().map(|(name, text)| (*name, text.as_deref())).collect()
}
