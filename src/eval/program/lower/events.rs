//! What is asked of events: how many there are, what the first or the latest was like, what followed, what was calculated.

use super::super::question::{Aggregate, Cart, Link, Occurrence, Picked, Selected, Stream, Valued};
use super::super::{Operand, Period, canonical};
use super::Lowering;
use crate::catalog::{EventKey, EventKind};
use crate::ir::{
    AbandonedTest, AggregateTest, Condition, Count, EventTest, Events, Pick, PickedTest, Predicate, Sequence, Unit,
};

/// The attribute of an opt-out event that says which way (M26).
const OPTED_OUT: &str = "is_opted_out";

impl Lowering<'_> {
    /// A range of counts: at least the fewest and not one more than the most (M11).
    pub(super) fn event(&mut self, test: &EventTest) -> Operand {
        let Selected { stream, period } = self.selected(&test.events);
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

    /// The first or the latest of all events of a key, type and inputs; filter and time are asked of the one picked.
    pub(super) fn picked(&mut self, test: &PickedTest) -> Operand {
        let among = self.selected(&test.events);
        let events = Selected::picked_from(&test.events, self.reach);
        self.leaf(|questions| &mut questions.picked, &events, Picked { pick: test.pick, among })
    }

    /// Whether the user's latest opt-out says so, however old it is and wherever it came from (M26).
    pub(super) fn opted_out(&mut self) -> Operand {
        let filter =
            Condition::Attribute { part: None, attribute: OPTED_OUT.to_owned(), predicate: Predicate::Boolean(true) };
        let stream = Stream {
            event: EventKey::of(EventKind::OptOut),
            event_type: None,
            unit: Unit::Event,
            filter: None,
            inputs: None,
        };
        let events = Selected { stream, period: Period::ALL.until_now() };
        let stream = Stream { filter: Some(filter), ..events.stream.clone() };
        let latest = Picked { pick: Pick::Latest, among: Selected { stream, ..events } };
        self.leaf(|questions| &mut questions.picked, &events, latest)
    }

    pub(super) fn sequence(&mut self, sequence: &Sequence) -> Operand {
        let first = self.selected(&sequence.first);
        let link = |step: &crate::ir::Step| Link {
            events: self.selected(&step.events),
            within: step.within,
            without: step.without.iter().map(|each| self.selected(each)).collect(),
        };
        let links = sequence.steps.iter().map(link).collect();
        self.leaf(|questions| &mut questions.sequences, &first, links)
    }

    /// Adds are read inside the retention; a purchase is never older than the add that it answers (M18).
    pub(super) fn abandoned(&mut self, test: &AbandonedTest) -> Operand {
        let of = |kind| Events { unit: test.unit, ..Events::of(EventKey::of(kind), test.inputs.clone()) };
        let adds = self.selected(&Events { filter: test.filter.clone(), ..of(EventKind::AddToCart) });
        let cart = Cart { adds, purchases: self.selected(&of(EventKind::Purchase)) };
        self.leaf(|questions| &mut questions.carts, &cart, test.wait)
    }

    pub(super) fn aggregate(&mut self, test: &AggregateTest) -> Operand {
        let attribute = test.attribute.clone().filter(|_| test.calculation.takes_attribute());
        let valued = Valued { events: self.selected(&test.events), attribute };
        let aggregate = Aggregate { calculation: test.calculation, predicate: canonical::predicate(&test.predicate) };
        self.leaf(|questions| &mut questions.aggregates, &valued, aggregate)
    }

    /// The events of a criterion: in its window and in reach.
    fn selected(&self, events: &Events) -> Selected {
        Selected::of(events, self.reach)
    }
}
