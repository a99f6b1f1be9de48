//! Criteria about what users did.

use super::{Lowering, at};
use crate::analyze::resolve::listed;
use crate::analyze::rules::{count, letter_case, never_seen, retention, tier, time_bounds};
use crate::base::{Name, Span, Spanned, suggest};
use crate::catalog::{CustomEventType, EventKey};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::{self, Count, Kind};
use crate::syntax::ast;

impl Lowering<'_, '_> {
    /// Every part is checked even where another one fails.
    pub(super) fn event(&mut self, written: &ast::EventTest, span: Span) -> Option<ir::Criterion> {
        let catalog = self.world.catalog();
        let ast::What::Named { name, .. } = &written.events.what else { return None };
        let key = EventKey::custom(name.value.as_str());
        let name_is_fine = letter_case::event(catalog, name, self.found);
        if name_is_fine {
            never_seen::event(catalog, &key, name, self.found);
        }
        let in_tier = tier::check(catalog, &key, name, self.found);
        let event_type = written.events.event_type.as_ref().map(|name| self.event_type(name, &key));
        let filter = written.events.filter.as_ref().map(|filter| self.filter(&key, name_is_fine, filter));
        let count = written.count.map_or(Some(Count::ONCE), |count| count::check(count, self.found));
        let time = written.events.time.as_ref().map(|time| {
            let filter = time_bounds::check(time, self.found)?;
            retention::event(self.world.project(), Spanned::new(filter, time.span), self.found);
            Some(filter)
        });
        let inputs = self.inputs(&written.scope);
        let events = ir::Events {
            event: key,
            event_type: all_or_nothing(event_type)?,
            unit: ir::Unit::Event,
            filter: all_or_nothing(filter)?,
            time: all_or_nothing(time)?,
            inputs: inputs?,
        };
        let test = ir::EventTest { events, count: count? };
        (name_is_fine && in_tier).then(|| at(Kind::Event(Box::new(test)), span))
    }

    fn event_type(&mut self, name: &Spanned<Name>, key: &EventKey) -> Option<CustomEventType> {
        let event_type = event_type(name, self.found)?;
        never_seen::event_type(self.world.catalog(), key, event_type, name.span, self.found);
        Some(event_type)
    }
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

/// What was written and is fine, or what was not written; `None` where it was written and is wrong.
fn all_or_nothing<T>(written: Option<Option<T>>) -> Option<Option<T>> {
    match written {
        None => Some(None),
        Some(read) => read.map(Some),
    }
}
