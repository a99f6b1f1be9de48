//! The slow, obvious evaluator: one user, one criterion, straight from the rules.
//!
//! It shares nothing with the evaluator, not even `base`'s reading of text, time and values: it has plain rows, no columns,
//! no windows, and asks one rule after the other. Whatever else evaluates audiences is held against it. What it makes of
//! events is in [`super::happened`], what it makes of texts in [`super::reading`].
//!
//! Of sightings that are no events, a store keeps the first and the last of all; so does this.

use std::collections::{BTreeMap, BTreeSet};

use aud::base::{Address, Duration, Moment, Now, TimeFilter, WorkspaceName};
use aud::catalog::{InstallEdge, LocationField, ProfileField};
use aud::ir::{Audience, Condition, Criterion, Kind, Model, Predicate, SeenEdge, Standard, Status};

use super::reading::{boolean, fits, folded, instant, number};
use super::world::{Event, Held, User, World};

/// 30 days, how long a location is believed (M17).
const LOCATION_MS: i128 = 30 * 86_400_000;

/// What a key holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Missing,
    Null,
    Text(&'a str),
    List(&'a [String]),
    /// A number that was calculated.
    Number(f64),
    /// An instant that was calculated.
    Instant(i64),
}

/// The members of standard audiences as they were stored, a bit for each user (M23).
pub(super) type StoredBits = BTreeMap<Address, Vec<bool>>;

#[derive(Clone, Copy)]
pub(super) struct Reference<'a> {
    pub(super) model: &'a Model,
    pub(super) world: &'a World,
    /// What the clock says.
    clock: Now,
    /// The `now` of the audience that is asked.
    pub(super) now: Now,
    /// The range of the standard audience that is asked.
    pub(super) range: Option<Standard>,
    stored: &'a StoredBits,
}

impl<'a> Reference<'a> {
    pub(super) fn new(model: &'a Model, world: &'a World, now: Now, stored: &'a StoredBits) -> Self {
        Self { model, world, clock: now, now, range: None, stored }
    }

    /// M12, M14, M23, M26: a member is of the population of the audience's own workspaces, and satisfies its criterion.
    pub(super) fn is_member(&self, address: &Address, user: &User) -> bool {
        let Some(audience) = self.model.audiences.get(address) else { return false };
        if audience.status != Status::Active {
            return false;
        }
        if let (Some(members), Some(_)) = (self.stored.get(address), audience.standard) {
            let at = self.world.users.iter().position(|each| std::ptr::eq(each, user));
            return members[at.expect("a user of the world")];
        }
        let then = match audience.standard {
            None => Self { range: None, ..*self },
            Some(range) => Self { range: Some(range), now: self.end_of(range), ..*self },
        };
        then.in_population(audience, user) && then.holds(&audience.criterion, user)
    }

    /// M23: the end of the range or the clock, the earlier.
    fn end_of(&self, range: Standard) -> Now {
        match range {
            Standard::All => self.clock,
            Standard::Between(_, Moment::Instant(to)) => Now(to.min(self.clock.0)),
            Standard::Between(_, Moment::Day(to)) => {
                let last = aud::base::Timestamp(i64::from(to.0) * 86_400_000 + 86_399_999);
                Now(last.min(self.clock.0))
            }
        }
    }

    pub(super) fn in_population(&self, audience: &Audience, user: &User) -> bool {
        !self.opted_out(user) && audience.workspaces.iter().any(|workspace| self.is_alive(workspace, user))
    }

    /// M12: seen at some t with `now - R <= t <= now`.
    fn is_alive(&self, workspace: &WorkspaceName, user: &User) -> bool {
        let age_allowed = |t: i64| self.model.profile_retention.is_none_or(|kept| self.age(t) <= i128::from(kept.0));
        self.sightings(workspace, user).into_iter().any(age_allowed)
    }

    /// Every sighting in a workspace up to `now`.
    fn sightings(&self, workspace: &WorkspaceName, user: &User) -> Vec<i64> {
        let in_workspace = |event: &&Event| self.world.inputs[usize::from(event.input)].workspace == *workspace;
        let events: Vec<i64> = self.events_of(user).into_iter().filter(in_workspace).map(|event| event.at_ms).collect();
        let others = user.sightings.iter().filter(|(place, _)| place == workspace).map(|(_, t)| *t);
        let all: Vec<i64> = others.chain(events.iter().copied()).collect();
        let mut known = events;
        known.extend(all.iter().min());
        known.extend(all.iter().max());
        known.retain(|t| self.age(*t) >= 0);
        known
    }

    /// M20: of events with one id, the first stored counts.
    pub(super) fn events_of<'u>(&self, user: &'u User) -> Vec<&'u Event> {
        let mut known = BTreeSet::new();
        user.events.iter().filter(|event| event.id.as_ref().is_none_or(|id| known.insert(id))).collect()
    }

    pub(super) fn age(&self, t: i64) -> i128 {
        i128::from(self.now.ms()) - i128::from(t)
    }

    pub(super) fn holds(&self, criterion: &Criterion, user: &User) -> bool {
        match &criterion.kind {
            Kind::Everyone => true,
            Kind::All(inner) => inner.iter().all(|each| self.holds(each, user)),
            Kind::Any(inner) => inner.iter().any(|each| self.holds(each, user)),
            Kind::Not(inner) => !self.holds(inner, user),
            Kind::Member(address) => self.is_member(address, user),
            Kind::UserAttribute { attribute, predicate, workspaces, .. } => {
                self.any_profile(&ProfileField::attribute(attribute), predicate, workspaces, user)
            }
            Kind::Profile { field, predicate, workspaces } => self.any_profile(field, predicate, workspaces, user),
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
            Kind::Near { latitude, longitude, metres, workspaces } => {
                self.near((latitude.get(), longitude.get()), metres.get(), workspaces, user)
            }
            Kind::Attribution { edge, filter, workspaces } => self
                .alive_in(workspaces, user)
                .into_iter()
                .any(|workspace| self.attributed(*edge, filter.as_ref(), workspace, user)),
            Kind::Event(test) => self.count_holds(test, user),
            Kind::Picked(test) => self.picked_holds(test, user),
            Kind::Sequence(sequence) => self.sequence_holds(sequence, user),
            Kind::Abandoned(test) => self.abandoned_holds(test, user),
            Kind::Aggregate(test) => self.aggregate_holds(test, user),
        }
    }

    /// M10: profiles beyond the retention are not read.
    fn alive_in<'w>(&self, workspaces: &'w BTreeSet<WorkspaceName>, user: &User) -> Vec<&'w WorkspaceName> {
        workspaces.iter().filter(|workspace| self.is_alive(workspace, user)).collect()
    }

    /// M21: any value of a field in the living profiles read.
    fn any_profile(
        &self,
        field: &ProfileField,
        predicate: &Predicate,
        workspaces: &BTreeSet<WorkspaceName>,
        user: &User,
    ) -> bool {
        let alive = self.alive_in(workspaces, user).into_iter();
        self.any_value(alive.flat_map(|workspace| self.values(workspace, field, user)).collect(), predicate)
    }

    /// What one profile holds in a field; a missing value where it holds nothing.
    fn values<'u>(&self, workspace: &WorkspaceName, field: &ProfileField, user: &'u User) -> Vec<Value<'u>> {
        match field {
            ProfileField::Device(field) => {
                let devices = user.devices.iter().filter(|(place, each, _)| place == workspace && each == field);
                let values: Vec<Value<'_>> = devices.map(|(_, _, text)| Value::Text(text)).collect();
                if values.is_empty() { vec![Value::Missing] } else { values }
            }
            ProfileField::Location(field) => {
                let text = self.place(workspace, user).and_then(|(_, place)| place.get(field));
                vec![text.map_or(Value::Missing, |text| Value::Text(text))]
            }
            field => vec![held(user.fields.get(&(workspace.clone(), field.clone())))],
        }
    }

    /// M17: the last that was said of the latest instant, unless that is more than 30 days ago.
    fn place<'u>(
        &self,
        workspace: &WorkspaceName,
        user: &'u User,
    ) -> Option<(i64, &'u BTreeMap<LocationField, String>)> {
        let told = user.places.iter().filter(|(place, _, _)| place == workspace);
        let latest = told.max_by_key(|(_, t, _)| *t).map(|(_, t, place)| (*t, place));
        latest.filter(|(t, _)| self.age(*t) <= LOCATION_MS)
    }

    /// M17: of the points known in the workspaces read, one of the latest.
    fn near(&self, from: (f64, f64), metres: f64, workspaces: &BTreeSet<WorkspaceName>, user: &User) -> bool {
        let places = self.alive_in(workspaces, user).into_iter().filter_map(|workspace| {
            let (t, place) = self.place(workspace, user)?;
            let (latitude, longitude) = place.get(&LocationField::Point)?.split_once(',')?;
            Some((t, (latitude.parse::<f64>().ok()?, longitude.parse::<f64>().ok()?)))
        });
        let places: Vec<(i64, (f64, f64))> = places.collect();
        let latest = places.iter().map(|(t, _)| *t).max();
        places.iter().any(|(t, point)| Some(*t) == latest && distance(*point, from) <= metres)
    }

    /// M21: the record of one profile, as a whole.
    fn attributed(
        &self,
        edge: InstallEdge,
        filter: Option<&Condition>,
        workspace: &WorkspaceName,
        user: &User,
    ) -> bool {
        let field = |name: Option<String>| user.fields.get(&(workspace.clone(), ProfileField::Attribution(edge, name)));
        let value = |name: &str| held(field(Some(name.to_owned())));
        field(None).is_some() && filter.is_none_or(|filter| self.condition_holds(filter, &|_, name| value(name)))
    }

    /// M21: any of the values; where there is none at all, the key is missing.
    pub(super) fn any_value(&self, mut values: Vec<Value<'_>>, predicate: &Predicate) -> bool {
        if values.is_empty() {
            values.push(Value::Missing);
        }
        values.into_iter().any(|value| self.satisfies(value, predicate))
    }

    /// A condition, given what each attribute holds.
    pub(super) fn condition_holds<'v>(
        &self,
        condition: &Condition,
        value: &dyn Fn(Option<aud::catalog::Part>, &str) -> Value<'v>,
    ) -> bool {
        match condition {
            Condition::All(inner) => inner.iter().all(|each| self.condition_holds(each, value)),
            Condition::Any(inner) => inner.iter().any(|each| self.condition_holds(each, value)),
            Condition::Not(inner) => !self.condition_holds(inner, value),
            Condition::Attribute { part, attribute, predicate } => self.satisfies(value(*part, attribute), predicate),
        }
    }

    /// M7, M8.
    pub(super) fn passes(&self, time: TimeFilter, t: i64) -> bool {
        let age = self.age(t);
        let ms = |length: Duration| i128::from(length.0);
        match time {
            TimeFilter::WithinLast(last) => 0 <= age && age <= ms(last),
            TimeFilter::BetweenAgo { newer, older } => ms(newer) <= age && age <= ms(older),
            TimeFilter::MoreThanAgo(ago) => age > ms(ago),
            TimeFilter::Before(moment) => !not_before(moment, t),
            TimeFilter::After(moment) => not_before(moment, t),
            TimeFilter::On(moment) => not_before(moment, t) && not_after(moment, t),
            TimeFilter::Between(from, to) => not_before(from, t) && not_after(to, t),
        }
    }

    /// M1 to M5: one value and a positive operator.
    pub(super) fn satisfies(&self, value: Value<'_>, predicate: &Predicate) -> bool {
        match (predicate, value) {
            (Predicate::Exists, _) => !matches!(value, Value::Missing),
            (Predicate::Empty, Value::List(entries)) => entries.is_empty(),
            (Predicate::Empty, _) => matches!(value, Value::Missing | Value::Null | Value::Text("")),
            (_, Value::Missing | Value::Null) => false,
            (Predicate::Includes(other), Value::List(entries)) => {
                entries.iter().any(|entry| folded(entry) == folded(other))
            }
            (Predicate::PartiallyMatches(part), Value::List(entries)) => {
                entries.iter().any(|entry| has_part(entry, part))
            }
            // M3, M4: a list read as anything else is missing.
            (_, Value::List(_)) => false,
            (Predicate::Time(time), Value::Instant(t)) => self.passes(*time, t),
            (_, Value::Instant(_)) => false,
            (_, Value::Number(value)) => number_satisfies(value, predicate),
            (Predicate::Time(time), Value::Text(text)) => instant(text).is_some_and(|t| self.passes(*time, t)),
            (_, Value::Text(text)) => {
                text_satisfies(text, predicate) || number(text).is_some_and(|value| number_satisfies(value, predicate))
            }
        }
    }
}

fn held(held: Option<&Held>) -> Value<'_> {
    match held {
        None => Value::Missing,
        Some(Held::Null) => Value::Null,
        Some(Held::Text(text)) => Value::Text(text),
        Some(Held::List(entries)) => Value::List(entries),
    }
}

/// M8.
pub(super) fn not_before(moment: Moment, t: i64) -> bool {
    match moment {
        Moment::Day(bound) => t.div_euclid(86_400_000) >= i64::from(bound.0),
        Moment::Instant(bound) => t >= bound.0,
    }
}

/// M8.
pub(super) fn not_after(moment: Moment, t: i64) -> bool {
    match moment {
        Moment::Day(bound) => t.div_euclid(86_400_000) <= i64::from(bound.0),
        Moment::Instant(bound) => t <= bound.0,
    }
}

/// M17: the angle between two directions from the middle of the earth, times its radius.
fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    let direction = |(latitude, longitude): (f64, f64)| {
        let (north, east) = (latitude.to_radians(), longitude.to_radians());
        [north.cos() * east.cos(), north.cos() * east.sin(), north.sin()]
    };
    let ([ax, ay, az], [bx, by, bz]) = (direction(a), direction(b));
    let cross = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
    let sine = cross.iter().map(|each| each * each).sum::<f64>().sqrt();
    sine.atan2(ax * bx + ay * by + az * bz) * 6_371_008.8
}

/// M2.
fn has_part(text: &str, part: &str) -> bool {
    let (text, part) = (folded(text), folded(part));
    (0..=text.len()).any(|from| text[from..].starts_with(&part))
}

/// The operators over texts; one text is a list of one (M3).
fn text_satisfies(text: &str, predicate: &Predicate) -> bool {
    match predicate {
        Predicate::Is(other) | Predicate::Includes(other) => folded(text) == folded(other),
        Predicate::IsIn(others) => others.iter().any(|other| folded(text) == folded(other)),
        Predicate::Contains(part) | Predicate::PartiallyMatches(part) => has_part(text, part),
        Predicate::StartsWith(part) => folded(text).starts_with(&folded(part)),
        Predicate::EndsWith(part) => folded(text).ends_with(&folded(part)),
        Predicate::Matches(pattern) => fits(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>()),
        Predicate::Boolean(asked) => boolean(text) == Some(*asked),
        _ => false,
    }
}

/// The operators over numbers.
fn number_satisfies(value: f64, predicate: &Predicate) -> bool {
    match predicate {
        Predicate::Equal(other) => value == other.get(),
        Predicate::OneOf(others) => others.iter().any(|other| value == other.get()),
        Predicate::Less(bound) => value < bound.get(),
        Predicate::AtMost(bound) => value <= bound.get(),
        Predicate::Greater(bound) => value > bound.get(),
        Predicate::AtLeast(bound) => value >= bound.get(),
        Predicate::Between(low, high) => value >= low.get() && value <= high.get(),
        _ => false,
    }
}
