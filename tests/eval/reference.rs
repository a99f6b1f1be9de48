//! The slow, obvious evaluator: one user, one criterion, straight from the rules.
//!
//! It shares nothing with the evaluator, not even `base`'s reading of text, time and values: it has plain rows, no columns,
//! no windows, and asks one rule after the other. Whatever else evaluates audiences is held against it.
//!
//! Of sightings that are no events, a store keeps the first and the last of all; so does this.

use std::collections::BTreeSet;

use aud::base::{Address, Duration, Moment, Now, TimeFilter, WorkspaceName};
use aud::ir::{Audience, Condition, Criterion, EventTest, Kind, Model, Predicate, SeenEdge, Status};
use chrono::NaiveDateTime;
use icu_casemap::CaseMapper;

use super::world::{Event, User, World};

/// What a key holds.
#[derive(Clone, Copy, Debug)]
enum Value<'a> {
    Missing,
    Null,
    Text(&'a str),
}

pub(super) struct Reference<'a> {
    pub(super) model: &'a Model,
    pub(super) world: &'a World,
    pub(super) now: Now,
}

impl<'a> Reference<'a> {
    /// M12, M14: a member is of the population of the audience's own workspaces, and satisfies its criterion.
    pub(super) fn is_member(&self, address: &Address, user: &User) -> bool {
        match self.model.audiences.get(address) {
            Some(audience) if audience.status == Status::Active => {
                self.in_population(audience, user) && self.holds(&audience.criterion, user)
            }
            _ => false,
        }
    }

    fn in_population(&self, audience: &Audience, user: &User) -> bool {
        audience.workspaces.iter().any(|workspace| self.is_alive(workspace, user))
    }

    /// M12: seen at some t with `now - R <= t <= now`.
    fn is_alive(&self, workspace: &WorkspaceName, user: &User) -> bool {
        let age_allowed = |t: i64| self.model.profile_retention.is_none_or(|kept| self.age(t) <= i128::from(kept.0));
        self.sightings(workspace, user).into_iter().any(age_allowed)
    }

    /// Every sighting in a workspace up to `now`.
    fn sightings(&self, workspace: &WorkspaceName, user: &User) -> Vec<i64> {
        let in_workspace = |event: &&Event| self.world.inputs[usize::from(event.input)].workspace == *workspace;
        let events: Vec<i64> = user.events.iter().filter(in_workspace).map(|event| event.at_ms).collect();
        let others = user.sightings.iter().filter(|(place, _)| place == workspace).map(|(_, t)| *t);
        let all: Vec<i64> = others.chain(events.iter().copied()).collect();
        let mut known = events;
        known.extend(all.iter().min());
        known.extend(all.iter().max());
        known.retain(|t| self.age(*t) >= 0);
        known
    }

    fn age(&self, t: i64) -> i128 {
        i128::from(self.now.ms()) - i128::from(t)
    }

    fn holds(&self, criterion: &Criterion, user: &User) -> bool {
        match &criterion.kind {
            Kind::Everyone => true,
            Kind::All(inner) => inner.iter().all(|each| self.holds(each, user)),
            Kind::Any(inner) => inner.iter().any(|each| self.holds(each, user)),
            Kind::Not(inner) => !self.holds(inner, user),
            Kind::Member(address) => self.is_member(address, user),
            Kind::UserAttribute { attribute, predicate, workspaces, .. } => {
                let values = self.alive_in(workspaces, user).into_iter().map(|workspace| {
                    match user.attributes.get(&(workspace.clone(), attribute.clone())) {
                        None => Value::Missing,
                        Some(None) => Value::Null,
                        Some(Some(text)) => Value::Text(text),
                    }
                });
                self.any_value(values.collect(), predicate)
            }
            Kind::Seen { edge, time, workspaces } => self.alive_in(workspaces, user).into_iter().any(|workspace| {
                let sightings = self.sightings(workspace, user);
                let seen = match edge {
                    SeenEdge::First => sightings.into_iter().min(),
                    SeenEdge::Last => sightings.into_iter().max(),
                };
                seen.is_some_and(|t| self.passes(*time, t))
            }),
            Kind::Identity { identity, predicate, .. } => {
                let values = user.identities.iter().filter(|(each, _)| each == identity);
                self.any_value(values.map(|(_, text)| Value::Text(text)).collect(), predicate)
            }
            Kind::Event(test) => self.count_holds(test, user),
            _ => false,
        }
    }

    /// M10: profiles beyond the retention are not read.
    fn alive_in<'w>(&self, workspaces: &'w BTreeSet<WorkspaceName>, user: &User) -> Vec<&'w WorkspaceName> {
        workspaces.iter().filter(|workspace| self.is_alive(workspace, user)).collect()
    }

    /// M21: any of the values; where there is none at all, the key is missing.
    fn any_value(&self, mut values: Vec<Value<'_>>, predicate: &Predicate) -> bool {
        if values.is_empty() {
            values.push(Value::Missing);
        }
        values.into_iter().any(|value| self.satisfies(value, predicate))
    }

    /// M9, M10, M11, M20: every event counts that is not of the future, not too old, and passes.
    fn count_holds(&self, test: &EventTest, user: &User) -> bool {
        let counts = |event: &&Event| {
            event.key == test.events.event
                && test.events.inputs.contains(&self.world.inputs[usize::from(event.input)])
                && test.events.event_type.is_none_or(|custom| custom == event.event_type)
                && self.age(event.at_ms) >= 0
                && self.model.event_retention.is_none_or(|kept| self.age(event.at_ms) <= i128::from(kept.0))
                && test.events.time.is_none_or(|time| self.passes(time, event.at_ms))
                && test.events.filter.as_ref().is_none_or(|filter| self.where_holds(filter, event))
        };
        let count = user.events.iter().filter(counts).count() as u64;
        count >= test.count.least && test.count.most.is_none_or(|most| count <= most)
    }

    fn where_holds(&self, condition: &Condition, event: &Event) -> bool {
        match condition {
            Condition::All(inner) => inner.iter().all(|each| self.where_holds(each, event)),
            Condition::Any(inner) => inner.iter().any(|each| self.where_holds(each, event)),
            Condition::Not(inner) => !self.where_holds(inner, event),
            Condition::Attribute { attribute, predicate, .. } => {
                let value = match event.attributes.get(attribute) {
                    None => Value::Missing,
                    Some(None) => Value::Null,
                    Some(Some(text)) => Value::Text(text),
                };
                self.satisfies(value, predicate)
            }
        }
    }

    /// M7, M8.
    fn passes(&self, time: TimeFilter, t: i64) -> bool {
        let age = self.age(t);
        let ms = |length: Duration| i128::from(length.0);
        let day = |t: i64| t.div_euclid(86_400_000);
        match time {
            TimeFilter::WithinLast(last) => 0 <= age && age <= ms(last),
            TimeFilter::BetweenAgo { newer, older } => ms(newer) <= age && age <= ms(older),
            TimeFilter::MoreThanAgo(ago) => age > ms(ago),
            TimeFilter::Before(Moment::Day(bound)) => day(t) < i64::from(bound.0),
            TimeFilter::Before(Moment::Instant(bound)) => t < bound.0,
            TimeFilter::After(Moment::Day(bound)) => day(t) >= i64::from(bound.0),
            TimeFilter::After(Moment::Instant(bound)) => t >= bound.0,
            TimeFilter::On(Moment::Day(bound)) => day(t) == i64::from(bound.0),
            TimeFilter::On(Moment::Instant(bound)) => t == bound.0,
            TimeFilter::Between(from, to) => {
                let after = match from {
                    Moment::Day(bound) => day(t) >= i64::from(bound.0),
                    Moment::Instant(bound) => t >= bound.0,
                };
                let before = match to {
                    Moment::Day(bound) => day(t) <= i64::from(bound.0),
                    Moment::Instant(bound) => t <= bound.0,
                };
                after && before
            }
        }
    }

    /// M1 to M5: one value and a positive operator.
    fn satisfies(&self, value: Value<'_>, predicate: &Predicate) -> bool {
        let text = match (predicate, value) {
            (Predicate::Exists, _) => return !matches!(value, Value::Missing),
            (Predicate::Empty, _) => return matches!(value, Value::Missing | Value::Null | Value::Text("")),
            (_, Value::Missing | Value::Null) => return false,
            (_, Value::Text(text)) => text,
        };
        let number = |holds: &dyn Fn(f64) -> bool| number(text).is_some_and(holds);
        match predicate {
            Predicate::Exists | Predicate::Empty => unreachable!("answered above"),
            Predicate::Is(other) | Predicate::Includes(other) => folded(text) == folded(other),
            Predicate::IsIn(others) => others.iter().any(|other| folded(text) == folded(other)),
            Predicate::Contains(part) | Predicate::PartiallyMatches(part) => {
                let (text, part) = (folded(text), folded(part));
                (0..=text.len()).any(|from| text[from..].starts_with(&part))
            }
            Predicate::StartsWith(part) => folded(text).starts_with(&folded(part)),
            Predicate::EndsWith(part) => folded(text).ends_with(&folded(part)),
            Predicate::Matches(pattern) => {
                fits(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
            }
            Predicate::Equal(other) => number(&|value| value == other.get()),
            Predicate::OneOf(others) => number(&|value| others.iter().any(|other| value == other.get())),
            Predicate::Less(bound) => number(&|value| value < bound.get()),
            Predicate::AtMost(bound) => number(&|value| value <= bound.get()),
            Predicate::Greater(bound) => number(&|value| value > bound.get()),
            Predicate::AtLeast(bound) => number(&|value| value >= bound.get()),
            Predicate::Between(low, high) => number(&|value| value >= low.get() && value <= high.get()),
            Predicate::Boolean(asked) => boolean(text) == Some(*asked),
            Predicate::Time(time) => instant(text).is_some_and(|t| self.passes(*time, t)),
        }
    }
}

/// M1: character by character, simple case folding.
fn folded(text: &str) -> Vec<char> {
    text.chars().map(|c| CaseMapper::new().simple_fold(c)).collect()
}

/// M2, by trying everything.
fn fits(pattern: &[char], text: &[char]) -> bool {
    let same = |a: char, b: char| CaseMapper::new().simple_fold(a) == CaseMapper::new().simple_fold(b);
    match (pattern, text) {
        ([], _) => text.is_empty(),
        (['*', rest @ ..], _) => (0..=text.len()).any(|swallowed| fits(rest, &text[swallowed..])),
        (['?', rest @ ..], [_, others @ ..]) => fits(rest, others),
        (['\\', literal, rest @ ..], [c, others @ ..]) => same(*literal, *c) && fits(rest, others),
        ([literal, rest @ ..], [c, others @ ..]) => same(*literal, *c) && fits(rest, others),
        (_, []) => false,
    }
}

/// M5: what a JSON reader takes for a number, once trimmed.
fn number(text: &str) -> Option<f64> {
    let trimmed = text.trim();
    let number: serde_json::Number = serde_json::from_str(trimmed).ok()?;
    number.as_f64()?;
    trimmed.parse().ok()
}

/// M5.
fn boolean(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// M5: the shape decides which form it is, chrono reads it.
fn instant(text: &str) -> Option<i64> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    if !shape.is_empty() && shape.trim_start_matches('-').chars().all(|c| c == '0') {
        return text.parse().ok();
    }
    let civil = |text: &str, format| NaiveDateTime::parse_from_str(text, format).ok();
    let read = match shape.as_str() {
        "0000-00-00" => civil(&format!("{text} 00:00"), "%Y-%m-%d %H:%M"),
        "0000-00-00 00:00" => civil(text, "%Y-%m-%d %H:%M"),
        "0000-00-00T00:00" => civil(text, "%Y-%m-%dT%H:%M"),
        "0000-00-00 00:00:00" => civil(text, "%Y-%m-%d %H:%M:%S"),
        "0000-00-00T00:00:00" => civil(text, "%Y-%m-%dT%H:%M:%S"),
        "0000-00-00 00:00:00.000" => civil(text, "%Y-%m-%d %H:%M:%S%.3f"),
        "0000-00-00T00:00:00.000" => civil(text, "%Y-%m-%dT%H:%M:%S%.3f"),
        _ => return chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis()),
    };
    read.map(|at| at.and_utc().timestamp_millis())
}
