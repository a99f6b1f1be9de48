//! Builds a store in memory, row by row.
//!
//! In: users, identities, attributes and events in any order. Out: a [`Store`] with everything in its place. Nothing is
//! allocated for a row beyond the growth of columns.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rapidhash::fast::RandomState;
use rayon::prelude::*;

use super::Store;
use super::column::{ABSENT, LIST, NULL, list_text};
use super::events::Segments;
use super::log::EventLog;
use super::owners::{Given, Owners};
use super::profiles::{ProfileColumn, ProfileTarget, Profiles};
use super::users::{UNKNOWN, Users};
use super::verified::{Damages, Verified};
use crate::base::{InputName, Mpid, WorkspaceName};
use crate::catalog::{CustomEventType, DeviceField, EventKey, IdentityType, LocationField, ProfileField};
use crate::identity;

/// One event as it is handed in.
#[derive(Clone, Copy, Debug)]
pub struct EventRow<'a> {
    /// When it happened, in ms since 1970.
    pub at_ms: i64,
    /// The input it came through: a position in the inputs that the builder was made with.
    pub input: u8,
    /// Its custom type.
    pub event_type: CustomEventType,
    /// Its event id: of a user's events with one id, the first counts (M20).
    pub id: Option<&'a str>,
    /// Its attributes; `None` is null.
    pub attributes: &'a [(&'a str, Option<&'a str>)],
    /// The attributes of its action.
    pub action: &'a [(&'a str, Option<&'a str>)],
    /// The attributes of each of its products.
    pub products: &'a [Vec<(&'a str, Option<&'a str>)>],
}

/// A value of a field of a profile.
#[derive(Clone, Copy, Debug)]
pub enum ProfileValue<'a> {
    /// The key is not there.
    Absent,
    /// The key is there without a value.
    Null,
    /// One text.
    Text(&'a str),
    /// Several texts.
    List(&'a [String]),
}

/// In place of a version: the one that is in the making.
const NOW: u64 = u64::MAX;

/// A store in the making.
#[derive(Debug, Default)]
pub struct Builder {
    inputs: Vec<InputName>,
    /// The place in `profiles` of each input's workspace.
    input_profiles: Vec<usize>,
    mpids: Vec<i64>,
    by_mpid: HashMap<i64, u32, RandomState>,
    pub(super) owners: Owners,
    profiles: Vec<Profiles>,
    keys: HashMap<EventKey, usize, RandomState>,
    pub(super) logs: Vec<(EventKey, EventLog)>,
    /// Tables that no new row touches: kept as they are.
    untouched: BTreeMap<EventKey, Segments>,
    /// Whether new rows lie in segments of their own, beside those that no new row touches.
    apart: bool,
    /// Segments that are closed.
    closed: BTreeMap<EventKey, Segments>,
    /// What was found damaged in the store that this one starts from.
    damages: Damages,
    /// When each user was last written to, as a version of the store, or [`NOW`]. Users beyond its end are written to now.
    changed: Vec<u64>,
    /// Users and ids of the events handed in one by one.
    event_ids: HashSet<(u32, String), RandomState>,
}

impl Builder {
    /// An empty store with these inputs; events name them by position.
    pub fn new(inputs: &[InputName]) -> Self {
        let mut builder = Self { inputs: inputs.to_vec(), ..Self::default() };
        builder.input_profiles = inputs.iter().map(|input| builder.profiles(&input.workspace)).collect();
        builder
    }

    /// A store ready for more. `inputs` starts with the store's own.
    pub(super) fn of(store: &Store, inputs: &[InputName]) -> Self {
        let mut builder = Self::new(inputs);
        builder.keep_users(store);
        builder.owners = Owners::of(&store.users.identities);
        builder.changed = store.users.changed.to_vec();
        builder.changed.resize(store.user_count(), UNKNOWN);
        for (workspace, seen) in &store.users.seen {
            let at = builder.profiles(workspace);
            builder.profiles[at].first = seen.first.to_vec();
            builder.profiles[at].last = seen.last.to_vec();
        }
        for (workspace, attributes) in &store.users.fields {
            let at = builder.profiles(workspace);
            let times = store.users.field_times.get(workspace);
            builder.profiles[at].fields = attributes
                .iter()
                .map(|(field, column)| ProfileColumn::of(field, column, times.and_then(|times| times.get(field))))
                .collect();
        }
        builder.untouched = (*store.events).clone();
        builder.damages = store.damages.clone();
        builder
    }

    /// Lets the events that are there alone: new ones lie beside them.
    pub(super) fn keep_apart(&mut self) {
        self.apart = true;
    }

    /// Has every user be written to, as where everything is made anew.
    pub(super) fn touch_all(&mut self) {
        self.changed.clear();
    }

    /// Remembers that something of a user is written.
    pub(super) fn touch(&mut self, row: u32) {
        if let Some(changed) = self.changed.get_mut(row as usize) {
            *changed = NOW;
        }
    }

    /// Remembers it of several, where anybody was there before.
    pub(super) fn touch_each(&mut self, rows: impl Iterator<Item = u32>) {
        if !self.changed.is_empty() {
            rows.for_each(|row| self.touch(row));
        }
    }

    /// Takes the users' numbers of a store and nothing else of it.
    pub(super) fn keep_users(&mut self, store: &Store) {
        for mpid in store.users.mpids.iter() {
            self.user(Mpid(*mpid));
        }
    }

    /// The row of a user; a new row if the MPID was never seen.
    pub fn user(&mut self, mpid: Mpid) -> u32 {
        let next = self.mpids.len() as u32;
        let row = *self.by_mpid.entry(mpid.0).or_insert(next);
        if row == next {
            self.mpids.push(mpid.0);
        }
        row
    }

    /// Gives an identity to a user, trimmed; it leaves the user that had it. An empty one is nobody's and is left out.
    pub fn identity(&mut self, row: u32, identity: IdentityType, value: &str) {
        if let Some(value) = identity::clean(value) {
            let value = self.owners.value(value);
            self.give(row, identity as u8, value);
        }
    }

    /// Gives an identity to a user, by its codes. Says whether another user lost it.
    pub(super) fn give(&mut self, row: u32, identity: u8, value: u32) -> bool {
        let given = self.owners.assign(row, identity, value);
        if given != Given::Had {
            self.touch(row);
        }
        if let Given::From(loser) = given {
            self.touch(loser);
        }
        matches!(given, Given::From(_))
    }

    /// A sighting of a user in a workspace, at an instant in ms since 1970.
    pub fn see(&mut self, row: u32, workspace: &WorkspaceName, at_ms: i64) {
        self.touch(row);
        let profiles = self.profiles(workspace);
        self.profiles[profiles].see(row, at_ms);
    }

    /// Sets a user attribute in a workspace; `None` is null. The last call wins.
    pub fn attribute(&mut self, row: u32, workspace: &WorkspaceName, name: &str, value: Option<&str>) {
        let value = value.map_or(ProfileValue::Null, ProfileValue::Text);
        self.field(row, workspace, &ProfileField::attribute(name), value, None);
    }

    /// Sets a field of a profile; with an instant in ms since 1970, unless a later one said something else.
    pub fn field(
        &mut self,
        row: u32,
        workspace: &WorkspaceName,
        field: &ProfileField,
        value: ProfileValue<'_>,
        at_ms: Option<i64>,
    ) {
        self.touch(row);
        let profiles = self.profiles(workspace);
        let column = self.profiles[profiles].column(field);
        let column = &mut self.profiles[profiles].fields[column];
        let code = match value {
            ProfileValue::Absent => ABSENT,
            ProfileValue::Null => NULL,
            ProfileValue::Text(text) => column.texts.intern(text.trim_start_matches(LIST)),
            ProfileValue::List(entries) => column.texts.intern(&list_text(entries)),
        };
        column.set(row as usize, code, at_ms);
    }

    /// Sets the location of a profile as known at an instant; fields that are not given are not known then.
    pub fn locate(
        &mut self,
        row: u32,
        workspace: &WorkspaceName,
        at_ms: i64,
        location: &BTreeMap<LocationField, String>,
    ) {
        for (_, field) in LocationField::ALL {
            let value = location.get(field).map_or(ProfileValue::Absent, |text| ProfileValue::Text(text));
            self.field(row, workspace, &ProfileField::Location(*field), value, Some(at_ms));
        }
    }

    /// Adds what is known of a device; what other devices of the profile showed stays.
    pub fn device(&mut self, row: u32, workspace: &WorkspaceName, field: DeviceField, value: &str) {
        self.touch(row);
        let profiles = self.profiles(workspace);
        let column = self.profiles[profiles].column(&ProfileField::Device(field));
        self.profiles[profiles].fields[column].add(row as usize, value, None);
    }

    /// The column of a field in the workspace of an input.
    pub(super) fn profile_column(&mut self, input: u8, field: &ProfileField) -> ProfileTarget {
        let profiles = self.input_profiles.get(usize::from(input)).copied().unwrap_or(0);
        let column = self.profiles.get_mut(profiles).map_or(0, |profiles| profiles.column(field));
        ProfileTarget { profiles, column }
    }

    /// The code of a text in a field.
    pub(super) fn profile_code(&mut self, target: ProfileTarget, text: &str) -> u32 {
        self.profiles[target.profiles].fields[target.column].texts.intern(text.trim_start_matches(LIST))
    }

    /// The code of a list in a field.
    pub(super) fn profile_list(&mut self, target: ProfileTarget, entries: &[&str]) -> u32 {
        self.profiles[target.profiles].fields[target.column].texts.intern(&list_text(entries))
    }

    /// The row of a user that is known.
    pub(super) fn known(&self, mpid: Mpid) -> Option<u32> {
        self.by_mpid.get(&mpid.0).copied()
    }

    /// Takes a column out, to be put back: what is set meanwhile is lost.
    pub(super) fn take_column(&mut self, target: ProfileTarget) -> ProfileColumn {
        let column = &mut self.profiles[target.profiles].fields[target.column];
        let empty = ProfileColumn::empty(column.field.clone());
        std::mem::replace(column, empty)
    }

    /// Puts a column back.
    pub(super) fn put_column(&mut self, target: ProfileTarget, column: ProfileColumn) {
        self.profiles[target.profiles].fields[target.column] = column;
    }

    /// First and last sightings of all users in each workspace, in ms since 1970, and the codes of its inputs.
    pub(super) fn sightings(&mut self) -> impl Iterator<Item = (&mut [i64], &mut [i64], Vec<u8>)> {
        let Self { profiles, input_profiles, mpids, .. } = self;
        profiles.iter_mut().enumerate().map(|(at, profiles)| {
            let inputs = input_profiles.iter().enumerate().filter(|(_, of)| **of == at).map(|(input, _)| input as u8);
            profiles.first.resize(mpids.len(), i64::MAX);
            profiles.last.resize(mpids.len(), i64::MIN);
            (&mut profiles.first[..], &mut profiles.last[..], inputs.collect())
        })
    }

    /// Sets a field as of an instant: a value said later wins, and of two said at once the one set later. What is known of a
    /// device is added to what other devices showed.
    pub(super) fn set_profile(&mut self, target: ProfileTarget, row: u32, code: u32, at_ms: i64) {
        self.touch(row);
        self.profiles[target.profiles].fields[target.column].set_or_add(row as usize, code, Some(at_ms));
    }

    /// A sighting in the workspace of an input.
    pub(super) fn see_in_input(&mut self, row: u32, input: u8, at_ms: i64) {
        self.touch(row);
        if let Some(profiles) = self.input_profiles.get(usize::from(input)) {
            self.profiles[*profiles].see(row, at_ms);
        }
    }

    /// Adds an event of a user, which is also a sighting in the input's workspace. One whose id the user has already is left
    /// out (M20).
    pub fn event(&mut self, row: u32, key: &EventKey, event: EventRow<'_>) {
        if let Some(id) = event.id
            && !self.event_ids.insert((row, id.to_owned()))
        {
            return;
        }
        self.see_in_input(row, event.input, event.at_ms);
        let at = self.log(key);
        let (_, log) = &mut self.logs[at];
        log.event(row, event);
    }

    /// Closes the segments of all events handed in so far: what comes from here on lies in others.
    pub fn close_segments(&mut self) {
        self.keys.clear();
        let logs = std::mem::take(&mut self.logs);
        let tables: Vec<_> = logs.into_par_iter().map(|(key, log)| (key, Arc::new(log.finish()))).collect();
        for (key, table) in tables {
            self.closed.entry(key).or_default().push(table);
        }
    }

    /// The place of a key's log.
    pub(super) fn log(&mut self, key: &EventKey) -> usize {
        if let Some(at) = self.keys.get(key) {
            return *at;
        }
        let old = if self.apart { None } else { self.untouched.remove(key) };
        let log = old.map_or_else(EventLog::default, |segments| EventLog::of(&segments));
        self.logs.push((key.clone(), log));
        self.keys.insert(key.clone(), self.logs.len() - 1);
        self.logs.len() - 1
    }

    fn profiles(&mut self, workspace: &WorkspaceName) -> usize {
        self.profiles.iter().position(|profiles| profiles.workspace == *workspace).unwrap_or_else(|| {
            self.profiles.push(Profiles::new(workspace.clone()));
            self.profiles.len() - 1
        })
    }

    /// A column whose texts did not fit, if there is one.
    pub(super) fn overflowed(&self) -> Option<String> {
        let in_logs = || self.logs.iter().find_map(|(key, log)| Some(format!("{} of {key}", log.overflowed()?)));
        let in_profiles = || {
            let mut columns = self.profiles.iter().flat_map(|profiles| &profiles.fields);
            columns.find(|column| column.texts.overflowed()).map(|column| format!("{:?}", column.field))
        };
        self.owners.overflowed().then(|| "identities".to_owned()).or_else(in_logs).or_else(in_profiles)
    }

    /// The finished store.
    pub fn finish(mut self, id: &str, version: u64) -> Store {
        self.close_segments();
        let count = self.mpids.len();
        let mut users = Users { mpids: Verified::from(self.mpids), ..Users::default() };
        self.changed.iter_mut().filter(|changed| **changed == NOW).for_each(|changed| *changed = version);
        self.changed.resize(count, version);
        users.changed = self.changed.into();
        users.identities = self.owners.finish(count);
        for profiles in self.profiles {
            profiles.finish(count, &mut users);
        }
        let mut events = self.untouched;
        for (key, segments) in self.closed {
            events.entry(key).or_default().extend(segments);
        }
        events.values_mut().for_each(|segments| segments.retain(|segment| !segment.is_empty()));
        events.retain(|_, segments| !segments.is_empty());
        Store {
            id: id.into(),
            version,
            inputs: self.inputs.into(),
            users: Arc::new(users),
            events: Arc::new(events),
            detected: None,
            damages: self.damages,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_finds_its_place() {
        let inputs = ["shop.web", "shop.ios"].map(|name| InputName::try_from(name.to_owned()).unwrap());
        let shop = inputs[0].workspace.clone();
        let mut builder = Builder::new(&inputs);
        let (ann, bob) = (builder.user(Mpid(-7)), builder.user(Mpid(9)));
        assert_eq!((ann, bob, builder.user(Mpid(-7))), (0, 1, 0));
        let buy = EventKey::custom("Purchase");
        let row = |at_ms, attributes| EventRow {
            at_ms,
            input: 1,
            event_type: CustomEventType::Transaction,
            id: None,
            attributes,
            action: &[],
            products: &[],
        };
        builder.event(bob, &buy, row(20, &[("price", Some("5")), ("coupon", None)]));
        builder.event(ann, &buy, row(10, &[]));
        builder.event(ann, &buy, row(20, &[("price", Some(""))]));
        builder.see(bob, &shop, 5);
        builder.attribute(bob, &shop, "country", Some("UK"));
        builder.attribute(bob, &shop, "country", Some("France"));
        builder.identity(ann, IdentityType::Email, " a@b ");
        builder.identity(bob, IdentityType::Email, "a@b");
        builder.identity(bob, IdentityType::CustomerId, "9");
        let store = builder.finish("s", 3);

        assert_eq!((store.user_count(), store.shard_count(), store.event_count(), store.version), (2, 1, 3, 3));
        let table = &store.events[&buy][0];
        let shard = &table.shards[0];
        assert_eq!((&shard.times[..], &shard.users[..]), (&[10, 20, 20][..], &[0, 1, 0][..]));
        assert_eq!(shard.columns["price"][..], [ABSENT, 2, 3]);
        assert_eq!(shard.columns["coupon"][..], [ABSENT, NULL, ABSENT]);
        assert_eq!(table.attributes["price"].text(3), Some(""));
        assert_eq!((store.users.seen[&shop].first[1], store.users.seen[&shop].last[1]), (5, 20));
        assert_eq!(store.users.fields[&shop][&ProfileField::attribute("country")].text(1), Some("France"));
        assert_eq!(store.users.fields[&shop][&ProfileField::attribute("country")].text(0), None);
        assert_eq!(store.users.identities.of(ann).count(), 0);
        let bobs: Vec<_> = store.users.identities.of(bob).map(|each| (each.identity.name(), each.value)).collect();
        assert_eq!(bobs, [("customer_id", "9"), ("email", "a@b")]);
    }
}
