//! Criteria about events as text.

use std::fmt;

use super::{Writer, quoted};
use crate::base::Duration;
use crate::catalog::EventKind;
use crate::ir::{AbandonedTest, AggregateTest, Count, EventTest, Events, Pick, PickedTest, Sequence, Unit};

/// A length in its largest whole unit.
fn length(duration: Duration) -> String {
    let (count, unit) = duration.largest_unit();
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

impl Writer<'_> {
    pub(super) fn event(&mut self, test: &EventTest, negated: bool) -> fmt::Result {
        self.what(&test.events)?;
        self.filter(test.events.filter.as_ref())?;
        let complement = Count { least: 0, most: Some(test.count.least.saturating_sub(1)) };
        let count = if negated { complement } else { test.count };
        if count != Count::ONCE {
            write!(self.to, " {count}")?;
        }
        self.time(&test.events)?;
        self.scope_of(&test.events)
    }

    pub(super) fn picked(&mut self, test: &PickedTest) -> fmt::Result {
        self.to.write_str(if test.pick == Pick::First { "first " } else { "latest " })?;
        self.what(&test.events)?;
        self.filter(test.events.filter.as_ref())?;
        self.time(&test.events)?;
        self.scope_of(&test.events)
    }

    pub(super) fn sequence(&mut self, sequence: &Sequence) -> fmt::Result {
        self.step(&sequence.first)?;
        self.time(&sequence.first)?;
        for step in &sequence.steps {
            self.to.write_str(" then ")?;
            self.step(&step.events)?;
            step.within.iter().try_for_each(|within| write!(self.to, " within {}", length(*within)))?;
            self.time(&step.events)?;
            for without in &step.without {
                self.to.write_str(" without ")?;
                self.step(without)?;
            }
        }
        // Steps that are scoped by workspace follow those that are not.
        let steps = sequence.steps.iter().flat_map(|step| step.without.iter().chain([&step.events]));
        let all = std::iter::once(&sequence.first).chain(steps);
        let by_input = all.into_iter().find(|events| !events.event.kind.is_by_workspace());
        self.scope_of(by_input.unwrap_or(&sequence.first))
    }

    pub(super) fn abandoned(&mut self, test: &AbandonedTest) -> fmt::Result {
        let what = if test.unit == Unit::Item { "item" } else { "cart" };
        write!(self.to, "{what} abandoned for {}", length(test.wait))?;
        self.filter(test.filter.as_ref())?;
        self.inputs(&test.inputs, false)
    }

    pub(super) fn aggregate(&mut self, test: &AggregateTest, negated: bool) -> fmt::Result {
        self.to.write_str(test.calculation.words())?;
        if let Some(attribute) = &test.attribute {
            let of = if test.calculation.value_type().is_some() { " of " } else { " " };
            let part = attribute.part.map_or(String::new(), |part| format!("{} ", part.word()));
            write!(self.to, "{of}{part}{} over ", quoted(&attribute.name))?;
        } else {
            self.to.write_str(" of ")?;
        }
        self.what(&test.events)?;
        self.enclosed_filter(test.events.filter.as_ref())?;
        self.time(&test.events)?;
        self.to.write_str(" ")?;
        self.predicate(&test.predicate, negated)?;
        self.scope_of(&test.events)
    }

    /// What events are, with their filter.
    fn step(&mut self, events: &Events) -> fmt::Result {
        self.what(events)?;
        self.filter(events.filter.as_ref())
    }

    fn what(&mut self, events: &Events) -> fmt::Result {
        self.to.write_str(if events.unit == Unit::Item { "item " } else { "" })?;
        write!(self.to, "{}", events.event)?;
        events.event_type.iter().try_for_each(|custom| write!(self.to, " type {}", custom.name()))
    }

    fn time(&mut self, events: &Events) -> fmt::Result {
        events.time.iter().try_for_each(|time| write!(self.to, " {time}"))
    }

    fn scope_of(&mut self, events: &Events) -> fmt::Result {
        self.inputs(&events.inputs, EventKind::is_by_workspace(events.event.kind))
    }
}
