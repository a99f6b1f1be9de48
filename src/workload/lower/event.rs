//! Criteria about events.

use super::super::error::Wrong;
use super::super::json::Place;
use super::profile::{equal, one_of};
use super::{Lowering, days, not, number};
use crate::base::{Duration, TimeFilter};
use crate::catalog::{Calculation, EventKey};
use crate::ir::{AggregateTest, AttributeRef, Condition, Count, Criterion, EventTest, Events, Kind, Predicate};

impl Lowering {
    /// At least so many events, or none.
    pub(super) fn event_count(&self, place: &Place<'_>) -> Result<Criterion, Wrong> {
        let (cmp, value) = (place.field("cmp")?, place.field("value")?);
        let count = match (cmp.text()?, value.whole()?) {
            ("gte", least) => Count { least, most: None },
            ("eq", 0) => Count { least: 0, most: Some(0) },
            ("eq", _) => return Err(value.wrong("`eq` compares with 0 only")),
            (other, _) => return Err(cmp.wrong(format!("`{other}` is no comparison of a count"))),
        };
        Ok(happened(Events { time: window(place)?, ..self.events(place)? }, count))
    }

    /// The sum over some events, which is not reached where there are none.
    pub(super) fn event_sum(&self, place: &Place<'_>) -> Result<Criterion, Wrong> {
        let (cmp, value) = (place.field("cmp")?, place.field("value")?);
        if cmp.text()? != "gte" {
            return Err(cmp.wrong("a sum is compared with `gte` only"));
        }
        if value.number()? <= 0.0 {
            return Err(value.wrong("a sum is compared with more than 0"));
        }
        Ok(Criterion::new(Kind::Aggregate(Box::new(AggregateTest {
            calculation: Calculation::Sum,
            attribute: Some(AttributeRef { part: None, name: place.field("field")?.text()?.to_owned() }),
            events: Events { time: window(place)?, ..self.events(place)? },
            predicate: Predicate::AtLeast(number(&value)?),
        }))))
    }

    /// There is such an event, and the newest is older than some days: ever, and not since.
    pub(super) fn last_event_older_than(&self, place: &Place<'_>) -> Result<Criterion, Wrong> {
        let events = self.events(place)?;
        let since = Events { time: Some(TimeFilter::WithinLast(days(&place.field("days")?)?)), ..events.clone() };
        Ok(Criterion::new(Kind::All(vec![happened(events, Count::ONCE), not(happened(since, Count::ONCE))])))
    }

    /// The events of a name that pass all filters, at any time.
    fn events(&self, place: &Place<'_>) -> Result<Events, Wrong> {
        let filters = place.optional("filters")?.map_or(Ok(Vec::new()), |filters| filters.items())?;
        let mut filters = filters.iter().map(filter).collect::<Result<Vec<_>, _>>()?;
        let filter = if filters.len() > 1 { Some(Condition::All(filters)) } else { filters.pop() };
        let events = Events::of(EventKey::custom(place.field("event")?.text()?), self.inputs.clone());
        Ok(Events { filter, ..events })
    }
}

fn happened(events: Events, count: Count) -> Criterion {
    Criterion::new(Kind::Event(Box::new(EventTest { events, count })))
}

fn filter(place: &Place<'_>) -> Result<Condition, Wrong> {
    let (cmp, value) = (place.field("cmp")?, place.field("value")?);
    let predicate = match cmp.text()? {
        "eq" => equal(&value)?,
        "in" => one_of(&value)?,
        "gte" => Predicate::AtLeast(number(&value)?),
        other => return Err(cmp.wrong(format!("`{other}` is no comparison of a filter"))),
    };
    Ok(Condition::Attribute { part: None, attribute: place.field("field")?.text()?.to_owned(), predicate })
}

/// The window of a node, if it has one.
fn window(place: &Place<'_>) -> Result<Option<TimeFilter>, Wrong> {
    let Some(window) = place.optional("window")? else { return Ok(None) };
    if let Some(last) = window.optional("last_days")? {
        return Ok(Some(TimeFilter::WithinLast(days(&last)?)));
    }
    let [older, newer] = window.field("between_days_ago")?.pair()?;
    // `now - newer` itself is outside.
    let newer = Duration(days(&newer)?.0.saturating_add(1));
    Ok(Some(TimeFilter::BetweenAgo { newer, older: days(&older)? }))
}
