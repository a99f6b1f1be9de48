//! What the reference makes of events: counts, picks, sequences, carts and aggregates, by trying everything.

use std::collections::{BTreeMap, BTreeSet};

use aud::base::InputName;
use aud::catalog::{Calculation, EventKey, EventKind, Part};
use aud::ir::{
    AbandonedTest, AggregateTest, AttributeRef, Condition, EventTest, Events, Pick, PickedTest, Sequence, Standard,
    Step, Unit,
};

use super::reading::{boolean, number};
use super::reference::{Reference, Value, not_after, not_before};
use super::world::{Attributes, Event, User};

impl Reference<'_> {
    /// M26: of the latest events of opting out, any that says so.
    pub(super) fn opted_out(&self, user: &User) -> bool {
        let events = self.events_of(user);
        let said = || events.iter().filter(|event| event.key.kind == EventKind::OptOut && self.age(event.at_ms) >= 0);
        let latest = said().map(|event| event.at_ms).max();
        said().filter(|event| Some(event.at_ms) == latest).any(|event| {
            let value = event.attributes.get("is_opted_out").and_then(Option::as_deref);
            value.and_then(boolean) == Some(true)
        })
    }

    /// M9, M10, M23: the events that can be read at all, not of the future and neither too old nor outside the range.
    fn readable<'u>(&self, key: &EventKey, inputs: &BTreeSet<InputName>, user: &'u User) -> Vec<&'u Event> {
        let of_key = self.events_of(user).into_iter().filter(|event| event.key == *key);
        let through = of_key.filter(|event| inputs.contains(&self.world.inputs[usize::from(event.input)]));
        let in_time = through.filter(|event| {
            let inside = match self.range {
                None => self.model.event_retention.is_none_or(|kept| self.age(event.at_ms) <= i128::from(kept.0)),
                Some(Standard::All) => true,
                Some(Standard::Between(from, to)) => not_before(from, event.at_ms) && not_after(to, event.at_ms),
            };
            self.age(event.at_ms) >= 0 && inside
        });
        in_time.collect()
    }

    /// Those of a key and a type, whatever is in them and whenever they were.
    fn of_type<'u>(&self, events: &Events, user: &'u User) -> Vec<&'u Event> {
        let all = self.readable(&events.event, &events.inputs, user).into_iter();
        all.filter(|event| events.event_type.is_none_or(|custom| custom == event.event_type)).collect()
    }

    /// Those that are asked for.
    fn passing<'u>(&self, events: &Events, user: &'u User) -> Vec<&'u Event> {
        let all = self.of_type(events, user).into_iter();
        all.filter(|event| self.event_passes(events, event)).collect()
    }

    fn event_passes(&self, events: &Events, event: &Event) -> bool {
        let filter = events.filter.as_ref();
        let fits = match events.unit {
            Unit::Event => !self.fitting(filter, event).is_empty(),
            Unit::Item => self.fitting(filter, event).into_iter().any(|product| product.is_some()),
        };
        fits && events.time.is_none_or(|time| self.passes(time, event.at_ms))
    }

    /// M21: the products with which the filter holds of an event; of one without products, the lack of any.
    fn fitting<'u>(&self, filter: Option<&Condition>, event: &'u Event) -> Vec<Option<&'u Attributes>> {
        let mut products: Vec<Option<&Attributes>> = event.products.iter().map(Some).collect();
        if products.is_empty() {
            products.push(None);
        }
        products.retain(|product| self.filter_holds(filter, event, *product));
        products
    }

    fn filter_holds(&self, filter: Option<&Condition>, event: &Event, product: Option<&Attributes>) -> bool {
        filter.is_none_or(|filter| self.condition_holds(filter, &|part, name| attribute(event, product, part, name)))
    }

    /// M11, M20.
    pub(super) fn count_holds(&self, test: &EventTest, user: &User) -> bool {
        let count = self.count(&test.events, user);
        count >= test.count.least && test.count.most.is_none_or(|most| count <= most)
    }

    fn count(&self, events: &Events, user: &User) -> u64 {
        let passing = self.passing(events, user);
        match events.unit {
            Unit::Event => passing.len() as u64,
            Unit::Item => {
                let items = passing.iter().flat_map(|event| self.fitting(events.filter.as_ref(), event));
                items.filter(Option::is_some).count() as u64
            }
        }
    }

    /// M22: of all the events of a key, those at the first or latest instant; any of them.
    pub(super) fn picked_holds(&self, test: &PickedTest, user: &User) -> bool {
        let all = self.of_type(&test.events, user);
        let picked = match test.pick {
            Pick::First => all.iter().map(|event| event.at_ms).min(),
            Pick::Latest => all.iter().map(|event| event.at_ms).max(),
        };
        all.iter().any(|event| Some(event.at_ms) == picked && self.event_passes(&test.events, event))
    }

    /// M19: some way to choose an event for each step.
    pub(super) fn sequence_holds(&self, sequence: &Sequence, user: &User) -> bool {
        let steps: Vec<(&Step, BTreeSet<i64>)> =
            sequence.steps.iter().map(|step| (step, self.instants(&step.events, user))).collect();
        let firsts = self.instants(&sequence.first, user);
        firsts.into_iter().any(|t| self.goes_on(t, &steps, user))
    }

    fn goes_on(&self, before: i64, steps: &[(&Step, BTreeSet<i64>)], user: &User) -> bool {
        let [(step, candidates), rest @ ..] = steps else { return true };
        candidates.iter().any(|t| {
            let between = |c: &i64| before < *c && c < t;
            let disturbed = || step.without.iter().any(|each| self.instants(each, user).iter().any(between));
            let gap = i128::from(*t) - i128::from(before);
            gap > 0
                && step.within.is_none_or(|within| gap <= i128::from(within.0))
                && !disturbed()
                && self.goes_on(*t, rest, user)
        })
    }

    fn instants(&self, events: &Events, user: &User) -> BTreeSet<i64> {
        self.passing(events, user).iter().map(|event| event.at_ms).collect()
    }

    /// M18.
    pub(super) fn abandoned_holds(&self, test: &AbandonedTest, user: &User) -> bool {
        let adds = self.readable(&EventKey::of(EventKind::AddToCart), &test.inputs, user);
        let buys = self.readable(&EventKey::of(EventKind::Purchase), &test.inputs, user);
        let filter = test.filter.as_ref();
        let abandoned = |added: Option<i64>, bought: Vec<i64>| {
            added.is_some_and(|t| {
                self.age(t) >= i128::from(test.wait.0) && !bought.into_iter().any(|purchase| purchase >= t)
            })
        };
        if test.unit == Unit::Event {
            let fitting = adds.iter().filter(|event| !self.fitting(filter, event).is_empty());
            return abandoned(fitting.map(|event| event.at_ms).max(), buys.iter().map(|event| event.at_ms).collect());
        }
        let ids = adds.iter().flat_map(|event| &event.products).filter_map(id).collect::<BTreeSet<_>>();
        ids.into_iter().any(|wanted| {
            let has = |product: &Attributes| id(product) == Some(wanted);
            let fitting = adds.iter().filter(|event| {
                event.products.iter().any(|each| has(each) && self.filter_holds(filter, event, Some(each)))
            });
            let bought = buys.iter().filter(|event| event.products.iter().any(has));
            abandoned(fitting.map(|event| event.at_ms).max(), bought.map(|event| event.at_ms).collect())
        })
    }

    /// M11, M22.
    pub(super) fn aggregate_holds(&self, test: &AggregateTest, user: &User) -> bool {
        let passing = self.passing(&test.events, user);
        let values: Vec<(i64, &str)> = passing
            .iter()
            .flat_map(|event| {
                let texts = test.attribute.iter().flat_map(|attribute| self.texts(&test.events, attribute, event));
                texts.map(|text| (event.at_ms, text))
            })
            .collect();
        let mut in_time = values.clone();
        in_time.sort_by_key(|(t, _)| *t);
        let numbers: Vec<f64> = in_time.iter().filter_map(|(_, text)| number(text)).collect();
        let distinct: BTreeSet<&str> = values.iter().map(|(_, text)| *text).collect();
        let at = |t: Option<i64>| -> Vec<Value<'_>> {
            values.iter().filter(|(each, _)| Some(*each) == t).map(|(_, text)| Value::Text(text)).collect()
        };
        let one = |value: Option<f64>| value.map_or_else(Vec::new, |value| vec![Value::Number(value)]);
        let when = |t: Option<i64>| t.map_or_else(Vec::new, |t| vec![Value::Instant(t)]);
        let list: Vec<String> = distinct.iter().map(|text| (*text).to_owned()).collect();
        let values = match test.calculation {
            Calculation::Count => one(Some(self.count(&test.events, user) as f64)),
            Calculation::Sum => one(Some(numbers.iter().sum())),
            Calculation::UniqueCount => one(Some(distinct.len() as f64)),
            Calculation::Average if numbers.is_empty() => Vec::new(),
            Calculation::Average => one(Some(numbers.iter().sum::<f64>() / numbers.len() as f64)),
            Calculation::Minimum => one(numbers.iter().copied().reduce(f64::min)),
            Calculation::Maximum => one(numbers.iter().copied().reduce(f64::max)),
            Calculation::First => at(values.iter().map(|(t, _)| *t).min()),
            Calculation::Latest => at(values.iter().map(|(t, _)| *t).max()),
            Calculation::FirstTime => when(passing.iter().map(|event| event.at_ms).min()),
            Calculation::LatestTime => when(passing.iter().map(|event| event.at_ms).max()),
            Calculation::MostFrequent => most_frequent(&values).map(Value::Text).into_iter().collect(),
            Calculation::UniqueList if list.is_empty() => Vec::new(),
            Calculation::UniqueList => vec![Value::List(&list)],
        };
        self.any_value(values, &test.predicate)
    }

    /// What an event, which passes, adds to an aggregate.
    fn texts<'u>(&self, events: &Events, asked: &AttributeRef, event: &'u Event) -> Vec<&'u str> {
        let name = &asked.name;
        let by_products = match asked.part {
            None => !event.attributes.contains_key(name) && !event.action.contains_key(name),
            Some(part) => part == Part::Product,
        };
        let fitting = self.fitting(events.filter.as_ref(), event);
        let values = fitting.into_iter().map(|product| attribute(event, product, asked.part, name));
        let values = values.take(if by_products { usize::MAX } else { 1 });
        values
            .filter_map(|value| match value {
                Value::Text(text) => Some(text),
                _ => None,
            })
            .collect()
    }
}

/// M21: a bare name is the event's attribute, then the action's, then the product's.
fn attribute<'u>(event: &'u Event, product: Option<&'u Attributes>, part: Option<Part>, name: &str) -> Value<'u> {
    let product = product.and_then(|product| product.get(name));
    let found = match part {
        Some(Part::Action) => event.action.get(name),
        Some(Part::Product) => product,
        None => event.attributes.get(name).or_else(|| event.action.get(name)).or(product),
    };
    match found {
        None => Value::Missing,
        Some(None) => Value::Null,
        Some(Some(text)) => Value::Text(text),
    }
}

fn id(product: &Attributes) -> Option<&str> {
    product.get("id")?.as_deref()
}

/// The text that is there most often; of several, the first by its characters.
fn most_frequent<'v>(values: &[(i64, &'v str)]) -> Option<&'v str> {
    let mut often: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, text) in values {
        *often.entry(text).or_default() += 1;
    }
    let most = often.values().copied().max()?;
    let mut first = often.into_iter().filter(|(_, count)| *count == most).map(|(text, _)| text).collect::<Vec<_>>();
    first.sort_by(|a, b| a.chars().cmp(b.chars()));
    first.first().copied()
}
