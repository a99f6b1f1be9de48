//! Facts about aggregates: the value, and the events that it was calculated over.

use std::collections::{BTreeMap, BTreeSet};

use super::Facts;
use super::event::{Judged, named};
use crate::base::Timestamp;
use crate::base::value::read_number;
use crate::catalog::{Calculation, Part};
use crate::explain::node::{Fact, Value};
use crate::ir::{AggregateTest, Unit};

impl Facts<'_> {
    /// The value that is compared, and the latest events behind it.
    pub(super) fn aggregate(&self, test: &AggregateTest) -> Vec<Fact> {
        let judged = self.judged(&test.events);
        let values = judged.as_ref().map(|judged| self.values(test, judged)).unwrap_or_default();
        let calculated =
            Fact::Calculated { calculation: test.calculation, value: calculate(test.calculation, &values) };
        let mut facts = vec![calculated, self.window_of(test.events.time)];
        facts.extend(named(judged.as_ref(), &test.events.event));
        facts
    }

    /// The values of the events that pass, each with its instant, in the order of time.
    fn values(&self, test: &AggregateTest, judged: &Judged<'_>) -> Vec<(i64, Value)> {
        let events = judged.events;
        let products = self.products_passing(events, &test.events.event, std::slice::from_ref(&test.events));
        let passing = |at: usize| events.shard.products.of(at).filter(|product| products.holds(0, *product));
        let mut values = Vec::new();
        for at in judged.counting() {
            let time = judged.time(at);
            let Some(attribute) = &test.attribute else {
                let times = if test.events.unit == Unit::Item { passing(at).count() } else { 1 };
                values.extend(std::iter::repeat_n((time, Value::Null), times));
                continue;
            };
            match events.whole(at, attribute.part, &attribute.name) {
                Some(value) => values.push((time, value)),
                None if attribute.part == Some(Part::Action) => {}
                None => values.extend(passing(at).map(|product| (time, events.product(product, &attribute.name)))),
            }
        }
        if test.attribute.is_some() {
            values.retain(|(_, value)| value.is_known());
        }
        values
    }
}

/// The value over some values in the order of time.
fn calculate(calculation: Calculation, values: &[(i64, Value)]) -> Value {
    let texts = || values.iter().filter_map(|(_, value)| text(value));
    let numbers: Vec<f64> = texts().filter_map(read_number).collect();
    let of = |number: Option<f64>| number.map_or(Value::Missing, Value::Number);
    let at = |edge: Option<&(i64, Value)>| edge.map_or(Value::Missing, |(at, _)| Value::Time(Timestamp(*at)));
    let of_edge = |edge: Option<&(i64, Value)>| edge.map_or(Value::Missing, |(_, value)| value.clone());
    match calculation {
        Calculation::Count => Value::Number(values.len() as f64),
        Calculation::Sum => Value::Number(numbers.iter().sum::<f64>() + 0.0),
        Calculation::Average if numbers.is_empty() => Value::Missing,
        Calculation::Average => Value::Number(numbers.iter().sum::<f64>() / numbers.len() as f64),
        Calculation::Minimum => of(numbers.iter().copied().reduce(f64::min)),
        Calculation::Maximum => of(numbers.iter().copied().reduce(f64::max)),
        Calculation::UniqueCount => Value::Number(texts().collect::<BTreeSet<_>>().len() as f64),
        Calculation::First => of_edge(values.first()),
        Calculation::Latest => of_edge(values.last()),
        Calculation::FirstTime => at(values.first()),
        Calculation::LatestTime => at(values.last()),
        Calculation::MostFrequent => {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            texts().for_each(|text| *counts.entry(text).or_default() += 1);
            // Of several, the least: the first that none exceeds.
            let most = counts.values().max();
            let first = counts.iter().find(|(_, count)| Some(*count) == most);
            first.map_or(Value::Missing, |(text, _)| Value::Text((*text).to_owned()))
        }
        Calculation::UniqueList => {
            let distinct: BTreeSet<&str> = texts().collect();
            let entries: Vec<String> = distinct.into_iter().map(str::to_owned).collect();
            if entries.is_empty() { Value::Missing } else { Value::List(entries) }
        }
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
