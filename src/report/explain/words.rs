//! Facts in words.

use crate::base::{Timestamp, Window};
use crate::catalog::ProfileField;
use crate::explain::{Abandoned, Compared, EventFact, Fact, Population, Profile, StepFact, Value};
use crate::ir::{Count, SeenEdge, Unit};
use crate::report::number::{counted, instant};

/// A fact in one line.
pub(super) fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Value { field, workspace, value, alive, .. } => {
            let expired = if *alive { "" } else { ", but that profile is not alive" };
            format!("{} {} in {workspace}{expired}", self::field(field), is(value))
        }
        Fact::Identity { identity, value: Some(value), .. } => format!("{identity} is {}", quoted(value)),
        Fact::Identity { identity, value: None, .. } => format!("no {identity} is known"),
        Fact::Seen { edge, workspace, at, .. } => {
            let edge = if *edge == SeenEdge::First { "first" } else { "last" };
            match at {
                Some(at) => format!("{edge} seen in {workspace} {}", instant(*at)),
                None => format!("never seen in {workspace}"),
            }
        }
        Fact::Location { workspace, at, metres, latest, .. } => location(workspace.as_str(), *at, *metres, *latest),
        Fact::Window(window) => self::window(*window),
        Fact::Count { unit, found, asked } => {
            let (one, several) = if *unit == Unit::Item { ("product", "products") } else { ("event", "events") };
            format!("{} found, asked for {}", counted(*found, one, several), self::asked(*asked))
        }
        Fact::Event(event) => self::event(event),
        Fact::NoEvent(key) => format!("no {key} at all"),
        Fact::Calculated { calculation, value } => format!("{} {}", calculation.words(), is(value)),
        Fact::Step(step) => self::step(step),
        Fact::Abandoned(abandoned) => self::abandoned(abandoned),
    }
}

/// How many are asked for.
fn asked(asked: Count) -> String {
    match (asked.least, asked.most) {
        (0, Some(0)) => "none".to_owned(),
        (least, None) => format!("at least {least}"),
        (0, Some(most)) => format!("at most {most}"),
        (least, Some(most)) if least == most => format!("exactly {least}"),
        (least, Some(most)) => format!("between {least} and {most}"),
    }
}

/// A field as the language writes it.
fn field(field: &ProfileField) -> String {
    match field {
        ProfileField::Attribute(name) => quoted(name),
        ProfileField::Calculated(name) => format!("calculated {}", quoted(name)),
        ProfileField::Consent(regulation, purpose) => format!("consent {regulation} {}", quoted(purpose)),
        ProfileField::Device(field) => format!("device {field}"),
        ProfileField::Location(field) => format!("location {field}"),
        ProfileField::Attribution(edge, None) => format!("attribution {edge}"),
        ProfileField::Attribution(edge, Some(name)) => format!("attribution {edge} {}", quoted(name)),
    }
}

fn is(value: &Value) -> String {
    match value {
        Value::Missing => "is not there".to_owned(),
        known => format!("is {}", self::value(known)),
    }
}

/// A value as it was sent.
fn value(value: &Value) -> String {
    match value {
        Value::Missing => "not there".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Text(text) => quoted(text),
        Value::List(entries) => serde_json::Value::from(entries.as_slice()).to_string(),
        Value::Number(number) => number.to_string(),
        Value::Time(at) => instant(*at),
    }
}

fn location(workspace: &str, at: Option<Timestamp>, metres: Option<f64>, latest: bool) -> String {
    let counts = if latest { "" } else { ", but it is not the latest of a living profile" };
    let said = at.map_or_else(String::new, |at| format!(", known {}", instant(at)));
    match metres {
        Some(metres) => format!("{:.1} km away in {workspace}{said}{counts}", metres / 1000.0),
        None => format!("no location is known in {workspace}"),
    }
}

fn window(window: Window) -> String {
    let (from, to) = (Timestamp(window.from), Timestamp(window.to));
    match (window.from, window.to) {
        _ if window.is_empty() => "the window is empty: no event can be in it".to_owned(),
        (i64::MIN, i64::MAX) => "any time counts".to_owned(),
        (i64::MIN, _) => format!("events up to {} count", instant(to)),
        (_, i64::MAX) => format!("events from {} on count", instant(from)),
        _ => format!("events from {} to {} count", instant(from), instant(to)),
    }
}

fn event(event: &EventFact) -> String {
    let what = format!("{} {}", instant(event.at), event.event);
    if event.holds {
        let said: Vec<String> = event.compared.iter().filter(|each| each.holds).map(holding).collect();
        return match said.is_empty() {
            true => format!("{what} counts"),
            false => format!("{what} counts: {}", said.join(", ")),
        };
    }
    let mut lacks: Vec<String> = event.compared.iter().filter(|each| !each.holds).map(failing).collect();
    if !event.in_window {
        lacks.push("outside the window".to_owned());
    }
    if lacks.is_empty() {
        lacks.push("its conditions do not hold together".to_owned());
    }
    format!("{what} does not count: {}", lacks.join(", "))
}

fn holding(compared: &Compared) -> String {
    format!("{} holds with {}", compared.condition, values(&compared.values))
}

fn failing(compared: &Compared) -> String {
    format!("{} fails with {}", compared.condition, values(&compared.values))
}

fn values(values: &[Value]) -> String {
    let known: Vec<String> = values.iter().map(value).collect();
    known.join(", ").replace("not there", "no value")
}

fn step(step: &StepFact) -> String {
    let StepFact { step, text, at, candidates } = step;
    match at {
        Some(at) => format!("step {step}: {text} at {}", instant(*at)),
        None if *candidates == 0 => format!("step {step}: no {text} that counts"),
        None => {
            let there = counted(*candidates, "such event", "such events");
            format!("step {step}: {there}, but none that may follow")
        }
    }
}

fn abandoned(abandoned: &Abandoned) -> String {
    let Abandoned { product, added, bought, due, holds } = abandoned;
    let what = product.as_ref().map_or_else(|| "cart".to_owned(), |id| format!("product {}", quoted(id)));
    let fate = match (bought, holds) {
        (Some(bought), _) => format!("bought {}", instant(*bought)),
        (None, true) => format!("not bought, abandoned since {}", instant(*due)),
        (None, false) => format!("not bought, abandoned from {} on", instant(*due)),
    };
    format!("{what} filled {}, {fate}", instant(*added))
}

/// The population in a few lines.
pub(super) fn population(population: &Population) -> Vec<String> {
    let opted_out = population.opted_out.map(|at| format!("opted out {}", instant(at)));
    opted_out.into_iter().chain(population.profiles.iter().map(profile)).collect()
}

fn profile(profile: &Profile) -> String {
    let Profile { workspace, first, last, until, alive } = profile;
    match (last, until) {
        (None, _) => format!("never seen in {workspace}"),
        (Some(last), until) => {
            let first = first.filter(|first| first != last).map(|first| format!(" first {},", instant(first)));
            let first = first.unwrap_or_default();
            let life = match (until, alive) {
                (None, _) => "and never expires".to_owned(),
                (Some(until), true) => format!("and lives until {}", instant(*until)),
                (Some(until), false) => format!("and lived until {}", instant(*until)),
            };
            format!("seen in {workspace}{first} last {} {life}", instant(*last))
        }
    }
}

/// A text as the language writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
