//! What a criterion looked at: the events of one user that count, the ones picked, the values that enter a calculation.
//!
//! In: a store, a row, the part of a criterion that is about events, a `now`, and which events its audience reads. Out: rows
//! of the events. The rows are chosen by the code that evaluates, so that an explanation cannot contradict a membership.
//! Made for one user: over a store that was cut down to that user it reads nothing of anybody else.

use std::collections::BTreeMap;

use super::leaf::{Context, Selection, Source, Values};
use super::program::{Reach, Selected, Valued};
use crate::base::{Now, Timestamp};
use crate::ir::{AggregateTest, Events, Pick, PickedTest};
use crate::store::{SHARD_USERS, Store};

/// One event of a user that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// Its position among the events of its key in the user's shard and the event's segment; a store that was cut down to a user
    /// has one segment.
    pub row: usize,
    /// When it happened.
    pub at: Timestamp,
    /// The products that the filter holds with, as positions in the columns of products; none for an event without any.
    pub products: Vec<usize>,
}

/// The events of a user that pass, oldest first.
pub fn matching_events(store: &Store, row: u32, events: &Events, now: Now, reach: Reach) -> Vec<Matched> {
    matched(store, row, &Selected::of(events, reach), now)
}

/// The first or the latest event of a user, whether it passes or not; several where they are of one instant (M22).
pub fn picked_events(store: &Store, row: u32, test: &PickedTest, now: Now, reach: Reach) -> Vec<Matched> {
    let mut all = matched(store, row, &Selected::picked_from(&test.events, reach), now);
    let end = match test.pick {
        Pick::First => all.first(),
        Pick::Latest => all.last(),
    };
    let at = end.map(|event| event.at);
    all.retain(|event| Some(event.at) == at);
    all
}

/// The values of a user that enter a calculation, as sent, in time order; none for one that takes no attribute.
pub fn aggregated_values(
    store: &Store,
    row: u32,
    test: &AggregateTest,
    now: Now,
    reach: Reach,
) -> Vec<(Timestamp, String)> {
    let valued = Valued { events: Selected::of(&test.events, reach), attribute: test.attribute.clone() };
    let given = BTreeMap::new();
    let context = Context::new(store, now, &given);
    let (shard, user) = place(row);
    let selection = Selection::Users(shard, std::slice::from_ref(&user));
    let (Some(source), Some(attribute)) = (Source::new(&context, &valued.events.stream), &valued.attribute) else {
        return Vec::new();
    };
    let values = Values::new(source.segments, attribute);
    let mut found = Vec::new();
    source.shard(shard).each(selection, valued.events.period.window(now), Pick::First, |row| {
        values.cells(row.rows).each(row.rows, row.row, |value| {
            found.extend(values.text(value).map(|text| (Timestamp(row.at), text.to_owned())));
        });
    });
    found
}

fn matched(store: &Store, row: u32, selected: &Selected, now: Now) -> Vec<Matched> {
    let given = BTreeMap::new();
    let context = Context::new(store, now, &given);
    let (shard, user) = place(row);
    let selection = Selection::Users(shard, std::slice::from_ref(&user));
    let Some(source) = Source::new(&context, &selected.stream) else { return Vec::new() };
    let mut found = Vec::new();
    source.shard(shard).each(selection, selected.period.window(now), Pick::First, |row| {
        let products = row.rows.products(row.row).collect();
        found.push(Matched { row: row.row, at: Timestamp(row.at), products });
    });
    found
}

/// The shard of a row, and the position in it.
fn place(row: u32) -> (usize, u16) {
    (row as usize / SHARD_USERS, (row as usize % SHARD_USERS) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{InputName, Mpid};
    use crate::catalog::{Calculation, CustomEventType, EventKey, EventKind};
    use crate::ir::{AttributeRef, Condition, Predicate, Unit};
    use crate::store::{Builder, EventRow};

    type Attributes = &'static [(&'static str, Option<&'static str>)];

    fn store() -> Store {
        let mut builder = Builder::new(&[InputName::try_from("shop.web".to_owned()).unwrap()]);
        let mut buys = |mpid, at_ms, attributes: Attributes, products: &[Attributes]| {
            let row = builder.user(Mpid(mpid));
            let products: Vec<Vec<_>> = products.iter().map(|product| product.to_vec()).collect();
            let event_type = CustomEventType::Other;
            let event =
                EventRow { at_ms, input: 0, event_type, id: None, attributes, action: &[], products: &products };
            builder.event(row, &EventKey::of(EventKind::Purchase), event);
        };
        buys(1, 30, &[("kind", Some("own"))], &[&[("kind", Some("shoe"))]]);
        buys(2, 20, &[], &[&[("kind", Some("shoe"))]]);
        buys(1, 10, &[], &[&[("kind", Some("hat"))], &[("kind", Some("Shoe"))], &[("kind", None)]]);
        buys(1, 30, &[("kind", None)], &[&[("kind", Some("shoe"))]]);
        buys(1, 40, &[], &[]);
        buys(1, 90, &[], &[&[("kind", Some("shoe"))]]);
        builder.finish("facts", 1)
    }

    fn purchases(predicate: Option<Predicate>) -> Events {
        let inputs = [InputName::try_from("shop.web".to_owned()).unwrap()].into();
        let attribute = |predicate| Condition::Attribute { part: None, attribute: "kind".to_owned(), predicate };
        Events { filter: predicate.map(attribute), ..Events::of(EventKey::of(EventKind::Purchase), inputs) }
    }

    const NOW: Now = Now(Timestamp(50));

    #[test]
    fn events_come_with_the_products_that_they_pass_with() {
        let store = store();
        let shoes = Events { unit: Unit::Event, ..purchases(Some(Predicate::Is("shoe".to_owned()))) };
        let found = matching_events(&store, 0, &shoes, NOW, Reach::ALL);
        assert_eq!(found, [Matched { row: 0, at: Timestamp(10), products: vec![1] }], "its own attribute comes first");
        let missing = matching_events(&store, 0, &purchases(Some(Predicate::Empty)), NOW, Reach::ALL);
        let rows: Vec<_> = missing.iter().map(|event| (event.at.0, event.products.len())).collect();
        assert_eq!(rows, [(10, 1), (30, 1), (40, 0)], "null, null of its own, nothing at all");
    }

    #[test]
    fn the_latest_instant_may_have_several_events() {
        let test = PickedTest { pick: Pick::Latest, events: purchases(None) };
        let at = |now| picked_events(&store(), 0, &test, Now(Timestamp(now)), Reach::ALL);
        assert_eq!(at(35).iter().map(|event| event.at.0).collect::<Vec<_>>(), [30, 30]);
        assert_eq!(at(50).len(), 1);
        assert_eq!(at(5), []);
    }

    #[test]
    fn values_are_the_event_s_or_those_of_its_products() {
        let attribute = Some(AttributeRef { part: None, name: "kind".to_owned() });
        let test = AggregateTest {
            calculation: Calculation::UniqueCount,
            attribute,
            events: purchases(None),
            predicate: Predicate::Exists,
        };
        let values = aggregated_values(&store(), 0, &test, NOW, Reach::ALL);
        let values: Vec<_> = values.iter().map(|(at, text)| (at.0, text.as_str())).collect();
        assert_eq!(values, [(10, "hat"), (10, "Shoe"), (30, "own")]);
    }
}
