//! Events of tests.

use super::Reading;
use crate::analyze::lower::event_type;
use crate::analyze::resolve;
use crate::analyze::rules::event_parts;
use crate::base::{InputName, Spanned, Timestamp};
use crate::catalog::{CustomEventType, EventKey, EventKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::ir::{Deed, Happening};
use crate::syntax::ast::What;
use crate::syntax::ast::scenario as written;

/// How often an event may happen at one instant: enough for every count that people write, and quickly made.
const MOST: u64 = 10_000;

impl Reading<'_, '_> {
    /// An event; `None` where something of it is wrong.
    pub(super) fn event(&mut self, event: &written::Happening, now: Timestamp) -> Option<Happening> {
        let key = Self::key(&event.what);
        let event_type = self.event_type(event, &key);
        let known = self.world.catalog().events.get(&key);
        let attributes = self.pairs(&event.attributes, known.map(|known| &known.attributes));
        let products = event.products.iter().map(|each| self.pairs(each, known.map(|known| &known.products))).collect();
        self.has_products(event, &key);
        let input = event.input.as_ref().map(|input| self.input(input));
        let at = event.at.as_ref().map_or(Some(now), |at| self.happened(at, now));
        Some(Happening {
            event: key,
            event_type: event_type?,
            deed: Deed { attributes, products },
            input: match input {
                None => None,
                Some(input) => Some(input?),
            },
            id: event.id.as_ref().map(|id| id.value.clone()),
            times: self.times(event)?,
            at: at?,
        })
    }

    fn key(what: &Spanned<What>) -> EventKey {
        match &what.value {
            What::Named { kind, name } => EventKey { kind: *kind, name: name.value.as_str().into() },
            What::Kind { kind, .. } => EventKey::of(kind.value),
        }
    }

    fn event_type(&mut self, event: &written::Happening, key: &EventKey) -> Option<CustomEventType> {
        let Some(name) = &event.event_type else { return Some(CustomEventType::Other) };
        if key.kind != EventKind::Custom {
            event_parts::type_without_meaning(key.kind, name.span, &mut self.found);
            return None;
        }
        event_type(name, &mut self.found)
    }

    fn has_products(&mut self, event: &written::Happening, key: &EventKey) {
        if !event.products.is_empty() && !key.kind.is_commerce() {
            self.found.push(
                Diagnostic::new(Code::ImpossibleFact, format!("{key} has no products"))
                    .label(event.what.span, "no commerce event")
                    .help("products belong to events such as `purchase`, `add_to_cart` or `view_detail`"),
            );
        }
    }

    fn input(&mut self, written: &Spanned<crate::syntax::ast::InputRef>) -> Option<InputName> {
        match resolve::input(self.world, &self.home, written) {
            Ok(inputs) => inputs.into_iter().next(),
            Err(wrong) => {
                self.found.push(*wrong);
                None
            }
        }
    }

    fn times(&mut self, event: &written::Happening) -> Option<u64> {
        let Some(times) = &event.times else { return Some(1) };
        let wrong = match times.value {
            0 => ("an event that happens 0 times does not happen", "leave the event out"),
            1..=MOST => return Some(times.value),
            _ => ("an event of a test happens at most 10,000 times at one instant", "write a smaller number"),
        };
        let (message, help) = wrong;
        self.found.push(Diagnostic::new(Code::ImpossibleFact, message).label(times.span, "not this often").help(help));
        None
    }

    /// When an event was. One in the future is allowed, to show that it does not count (M9).
    fn happened(&mut self, time: &Spanned<written::Time>, now: Timestamp) -> Option<Timestamp> {
        let at = self.instant(time, now)?;
        if at > now {
            self.found.push(
                Diagnostic::new(Code::FutureEvent, "this event happens later than the test asks")
                    .label(time.span, format!("later than {now}"))
                    .note("events of the future do not count until then")
                    .help("write an earlier time, or put it into a later step `at …`"),
            );
        }
        Some(at)
    }
}
