//! Criteria about what users did.

use std::collections::BTreeSet;

use super::condition::About;
use super::{Lowering, at};
use crate::analyze::infer;
use crate::analyze::resolve::listed;
use crate::analyze::rules::{count, event_parts, letter_case, never_seen, retention, tier, time_bounds};
use crate::base::{Name, Span, Spanned, suggest};
use crate::catalog::{CustomEventType, EventKey, EventKind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::{self, Count, Kind, Unit};
use crate::syntax::ast::{self, What};

impl Lowering<'_, '_> {
    /// Every part is checked even where another one fails.
    pub(super) fn event(&mut self, written: &ast::EventTest, span: Span) -> Option<ir::Criterion> {
        let events = self.events(&written.events, Counts::Items);
        let count = written.count.map_or(Some(Count::ONCE), |count| count::check(count, self.found));
        let inputs = self.inputs_of(infer::key(&written.events.what).kind, &written.scope);
        let events = ir::Events { inputs: inputs?, ..events? };
        Some(at(Kind::Event(Box::new(ir::EventTest { events, count: count? })), span))
    }

    /// A selection of events that reads no input yet.
    pub(super) fn events(&mut self, written: &ast::Events, counts: Counts) -> Option<ir::Events> {
        let key = infer::key(&written.what);
        let known = self.is_known(&key, &written.what);
        let item = matches!(written.what, What::Kind { item: true, .. });
        let unit = if item && counts == Counts::Items { Unit::Item } else { Unit::Event };
        let event_type = written.event_type.as_ref().map(|name| self.event_type(name, &key));
        let about = About::Event { key: &key, known: known.name };
        let filter = written.filter.as_ref().map(|filter| self.filter(about, filter));
        let time = written.time.as_ref().map(|time| {
            let filter = time_bounds::check(time, self.found)?;
            if !self.home.standard {
                retention::event(self.world.project(), Spanned::new(filter, time.span), self.found);
            }
            Some(filter)
        });
        let events = ir::Events {
            event_type: all_or_nothing(event_type)?,
            unit,
            filter: all_or_nothing(filter)?,
            time: all_or_nothing(time)?,
            ..ir::Events::of(key, BTreeSet::new())
        };
        (known.name && known.tier).then_some(events)
    }

    /// Checks a name, and the tier. Events without names are the platform's: that none was imported yet is no news.
    fn is_known(&mut self, key: &EventKey, what: &What) -> KnownEvent {
        let catalog = self.world.catalog();
        let (name, span) = match what {
            What::Named { name, .. } => {
                let fine = letter_case::event(catalog, key, name, self.found);
                if fine {
                    never_seen::event(catalog, key, name, self.found);
                }
                (fine, name.span)
            }
            What::Kind { kind, .. } => (true, kind.span),
        };
        KnownEvent { name, tier: tier::check(catalog, key, span, self.found) }
    }

    fn event_type(&mut self, name: &Spanned<Name>, key: &EventKey) -> Option<CustomEventType> {
        if key.kind != EventKind::Custom {
            event_parts::type_without_meaning(key.kind, name.span, self.found);
            return None;
        }
        let event_type = event_type(name, self.found)?;
        never_seen::event_type(self.world.catalog(), key, event_type, name.span, self.found);
        Some(event_type)
    }
}

/// What `item` before a commerce event means; the parser says where it has no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counts {
    /// Products are counted instead of events.
    Items,
    /// Nothing is counted: values are of products where their attribute is.
    Nothing,
}

/// The custom type of a name.
pub(in crate::analyze) fn event_type(name: &Spanned<Name>, found: &mut Diagnostics) -> Option<CustomEventType> {
    let event_type = CustomEventType::parse(name.as_str());
    if event_type.is_none() {
        let known = CustomEventType::ALL.iter().map(|(known, _)| *known);
        found.push(
            Diagnostic::new(Code::UnknownEventType, format!("there is no event type `{}`", name.value))
                .label(name.span, "no event type")
                .help(format!("event types are {}", listed(known.clone())))
                .did_you_mean(name.span, &suggest::nearest(name.as_str(), known), str::to_owned),
        );
    }
    event_type
}

/// What of an event can be relied on.
struct KnownEvent {
    name: bool,
    tier: bool,
}

/// What was written and is fine, or what was not written; `None` where it was written and is wrong.
pub(super) fn all_or_nothing<T>(written: Option<Option<T>>) -> Option<Option<T>> {
    match written {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}
