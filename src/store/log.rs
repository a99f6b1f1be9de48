//! Events of one key as they come, and how they become shards in time order.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use rapidhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use super::SHARD_USERS;
use super::builder::EventRow;
use super::column::{ABSENT, Dictionary, LIST, NULL, list_text};
use super::events::{EventShard, EventTable, Products};
use super::interner::Interner;
use super::user_rows::UserRows;
use super::verified::Verified;

/// The user of a row that was dropped.
pub(super) const DROPPED: u32 = u32::MAX;

/// What an attribute of a log belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The event.
    Event,
    /// The event's action.
    Action,
    /// The product that was begun last.
    Product,
}

/// The events of one key in the order they came. Invariant: `users`, `times`, `inputs` and `types` have one length;
/// columns may be shorter, what is not there is [`ABSENT`].
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct EventLog {
    pub(super) users: Vec<u32>,
    pub(super) times: Vec<i64>,
    inputs: Vec<u8>,
    types: Vec<u8>,
    attributes: Vec<LogColumn>,
    actions: Vec<LogColumn>,
    /// Attributes of products; a row of them is one product.
    products: Vec<LogColumn>,
    /// The event of each product; ascending, until rows are joined.
    product_events: Vec<u32>,
    /// Rows whose products belong to another row; only while sources are read.
    #[serde(skip)]
    joined: HashMap<u32, u32, RandomState>,
    ids: LogColumn,
}

/// One attribute of a log.
#[derive(Debug, Default, Serialize, Deserialize)]
struct LogColumn {
    name: String,
    codes: Vec<u32>,
    texts: Interner,
}

impl LogColumn {
    /// Sets the value of the row that was begun last.
    fn set(&mut self, row: usize, value: Option<&str>) {
        let code = value.map_or(NULL, |text| self.texts.intern(text.trim_start_matches(LIST)));
        self.codes.resize(row, ABSENT);
        self.codes.push(code);
    }
}

impl EventLog {
    /// The events of some segments, ready for more. A text that several of them know has one code from now on.
    pub(super) fn of(segments: &[Arc<EventTable>]) -> Self {
        let mut log = Self::default();
        segments.iter().for_each(|segment| log.append_segment(segment));
        log
    }

    fn append_segment(&mut self, table: &EventTable) {
        let own = Translation::into_columns(&mut self.attributes, &table.attributes);
        let actions = Translation::into_columns(&mut self.actions, &table.actions);
        let products = Translation::into_columns(&mut self.products, &table.products);
        let ids = table.ids.as_ref().map(|ids| Translation::into(&mut self.ids, 0, ids));
        for (at, shard) in table.shards.iter().enumerate() {
            let before = self.users.len();
            self.users.extend(shard.users.iter().map(|user| (at * SHARD_USERS) as u32 + u32::from(*user)));
            self.times.extend_from_slice(&shard.times);
            self.inputs.extend_from_slice(&shard.inputs);
            self.types.extend_from_slice(&shard.types);
            append(&mut self.attributes, &own, &shard.columns, before);
            append(&mut self.actions, &actions, &shard.actions, before);
            let products_before = self.product_events.len();
            for event in 0..shard.times.len() {
                self.product_events.extend(shard.products.of(event).map(|_| (before + event) as u32));
            }
            append(&mut self.products, &products, &shard.products.columns, products_before);
            if let Some(ids) = ids.as_ref().filter(|_| !shard.ids.is_empty()) {
                ids.append(&mut self.ids, &shard.ids, before);
            }
        }
    }

    /// Whether what was written elsewhere is a log: all that [`finish`](Self::finish) relies on.
    pub(super) fn is_sound(&self) -> bool {
        let rows = self.users.len();
        let same = [self.times.len(), self.inputs.len(), self.types.len()].iter().all(|len| *len == rows);
        let ordered =
            self.product_events.is_sorted() && self.product_events.last().is_none_or(|last| (*last as usize) < rows);
        same && ordered
    }

    /// The id of a row, if it has one.
    pub(super) fn id_of(&self, row: usize) -> Option<&str> {
        let code = self.ids.codes.get(row).copied().filter(|code| *code > NULL)?;
        Some(self.ids.texts.text(code))
    }

    /// Gives each row other codes of inputs.
    pub(super) fn recode_inputs(&mut self, codes: &[u8]) {
        for input in &mut self.inputs {
            *input = codes.get(usize::from(*input)).copied().unwrap_or(*input);
        }
    }

    /// The user, the instant and the input of each row that is kept.
    pub(super) fn sightings(&self) -> impl Iterator<Item = (u32, i64, u8)> {
        let rows = self.users.iter().zip(&self.times).zip(&self.inputs);
        rows.filter(|((user, _), _)| **user != DROPPED).map(|((user, at), input)| (*user, *at, *input))
    }

    /// Begins a row; attributes and id are set afterwards.
    pub(super) fn begin(&mut self, user: u32, at_ms: i64, input: u8, event_type: u8) {
        self.users.push(user);
        self.times.push(at_ms);
        self.inputs.push(input);
        self.types.push(event_type);
    }

    /// Adds an event of a user as it is handed in.
    pub(super) fn event(&mut self, user: u32, event: EventRow<'_>) {
        self.begin(user, event.at_ms, event.input, event.event_type as u8);
        self.set_all(Place::Event, event.attributes);
        self.set_all(Place::Action, event.action);
        for product in event.products {
            self.begin_product();
            self.set_all(Place::Product, product);
        }
        if let Some(id) = event.id {
            self.set_id(id);
        }
    }

    /// The position of an attribute; `hint` is where it was in the row before.
    pub(super) fn attribute(&mut self, of: Place, name: &str, hint: usize) -> usize {
        place(self.columns_of(of), name, hint)
    }

    fn columns_of(&mut self, of: Place) -> &mut Vec<LogColumn> {
        match of {
            Place::Event => &mut self.attributes,
            Place::Action => &mut self.actions,
            Place::Product => &mut self.products,
        }
    }

    /// Begins a product of the row that was begun last; its attributes are set afterwards.
    pub(super) fn begin_product(&mut self) {
        if let Some(event) = self.users.len().checked_sub(1) {
            self.product_events.push(event as u32);
        }
    }

    /// Sets an attribute of the row, or of the product, that was begun last; the last call wins.
    pub(super) fn set(&mut self, of: Place, attribute: usize, value: Option<&str>) {
        let rows = if of == Place::Product { self.product_events.len() } else { self.users.len() };
        let Some(row) = rows.checked_sub(1) else { return };
        if let Some(column) = self.columns_of(of).get_mut(attribute) {
            column.set(row, value);
        }
    }

    /// Sets an attribute to a list, as [`EventLog::set`] does to a text.
    pub(super) fn set_list(&mut self, of: Place, attribute: usize, entries: &[&str]) {
        let rows = if of == Place::Product { self.product_events.len() } else { self.users.len() };
        let Some(row) = rows.checked_sub(1) else { return };
        if let Some(column) = self.columns_of(of).get_mut(attribute) {
            let code = column.texts.intern(&list_text(entries));
            column.codes.resize(row, ABSENT);
            column.codes.push(code);
        }
    }

    /// Sets several attributes by name.
    pub(super) fn set_all(&mut self, of: Place, values: &[(&str, Option<&str>)]) {
        for (hint, (name, value)) in values.iter().enumerate() {
            let at = self.attribute(of, name, hint);
            self.set(of, at, *value);
        }
    }

    /// Gives the products of a row to another one. The row itself is dropped.
    pub(super) fn join(&mut self, row: u32, into: u32) {
        self.joined.insert(row, into);
    }

    /// The rows with users and event ids: row, user, code of the id.
    pub(super) fn with_ids(&self) -> impl Iterator<Item = (u32, u32, u32)> {
        let rows = self.users.iter().zip(&self.ids.codes).enumerate();
        let there = rows.filter(|(_, (user, id))| **user != DROPPED && **id > NULL);
        there.map(|(row, (user, id))| (row as u32, *user, *id))
    }

    /// The text of an event id.
    pub(super) fn id(&self, code: u32) -> &str {
        self.ids.texts.text(code)
    }

    /// Sets the event id of the row that was begun last.
    pub(super) fn set_id(&mut self, id: &str) {
        let Some(row) = self.users.len().checked_sub(1) else { return };
        self.ids.set(row, Some(id));
    }

    /// The name of an attribute whose texts did not fit.
    pub(super) fn overflowed(&self) -> Option<&str> {
        if self.ids.texts.overflowed() {
            return Some("event id");
        }
        let mut all = self.attributes.iter().chain(&self.actions).chain(&self.products);
        all.find(|column| column.texts.overflowed()).map(|column| column.name.as_str())
    }

    /// Cuts the log into shards, each in ascending time, rows of one millisecond in the order they came.
    pub(super) fn finish(mut self) -> EventTable {
        self.join_products();
        let (order, ranges) = self.order();
        let shards = ranges.iter().map(|range| self.shard(order.get(range.clone()).unwrap_or(&[]))).collect();
        let has_ids = !self.ids.codes.is_empty();
        EventTable {
            shards,
            attributes: dictionaries(self.attributes),
            actions: dictionaries(self.actions),
            products: dictionaries(self.products),
            ids: has_ids.then(|| Arc::new(self.ids.texts.finish())),
            recent: false,
        }
    }

    /// Moves products of joined rows to the rows that they were joined to: in the order of their rows' times.
    fn join_products(&mut self) {
        if self.joined.is_empty() {
            return;
        }
        let event_of = |row: u32| self.joined.get(&row).copied().unwrap_or(row);
        let place_of = |product: &u32| {
            let row = self.product_events[*product as usize];
            (event_of(row), self.times[row as usize])
        };
        let mut order: Vec<u32> = (0..self.product_events.len() as u32).collect();
        order.sort_by_key(place_of);
        self.product_events = order.iter().map(|product| place_of(product).0).collect();
        for column in &mut self.products {
            column.codes = codes(column, &order).to_vec();
        }
    }

    /// The kept rows by shard and time, and each shard's range of them.
    fn order(&self) -> (Vec<u32>, Vec<Range<usize>>) {
        let shard_of = |user: &u32| *user as usize / SHARD_USERS;
        let kept = || self.users.iter().enumerate().filter(|(_, user)| **user != DROPPED);
        let mut ends = vec![0usize; kept().map(|(_, user)| shard_of(user) + 1).max().unwrap_or(0)];
        kept().for_each(|(_, user)| ends[shard_of(user)] += 1);
        let mut next = Vec::with_capacity(ends.len());
        let mut total = 0;
        for count in ends {
            next.push(total);
            total += count;
        }
        let starts = next.clone();
        let mut order = vec![0u32; total];
        for (row, user) in kept() {
            let place = &mut next[shard_of(user)];
            order[*place] = row as u32;
            *place += 1;
        }
        let ranges: Vec<_> = starts.into_iter().zip(next).map(|(start, end)| start..end).collect();
        for range in &ranges {
            // A stable sort that is linear where the rows came in time order, as they mostly do.
            order[range.clone()].sort_by_key(|row| self.times[*row as usize]);
        }
        (order, ranges)
    }

    fn shard(&self, rows: &[u32]) -> EventShard {
        let present = |codes: &Verified<u32>| codes.iter().any(|code| *code != ABSENT);
        EventShard {
            users: rows.iter().map(|row| (self.users[*row as usize] as usize % SHARD_USERS) as u16).collect(),
            times: rows.iter().map(|row| self.times[*row as usize]).collect(),
            inputs: rows.iter().map(|row| self.inputs[*row as usize]).collect(),
            types: rows.iter().map(|row| self.types[*row as usize]).collect(),
            ids: Some(codes(&self.ids, rows)).filter(present).unwrap_or_default(),
            columns: columns(&self.attributes, rows),
            actions: columns(&self.actions, rows),
            products: self.products(rows),
            user_rows: UserRows::default(),
        }
    }

    /// The products of some events, in their order.
    fn products(&self, events: &[u32]) -> Products {
        if self.product_events.is_empty() {
            return Products::default();
        }
        let (mut offsets, mut rows) = (vec![0u32], Vec::new());
        for event in events {
            let from = self.product_events.partition_point(|each| each < event);
            let to = self.product_events.partition_point(|each| each <= event);
            rows.extend(from as u32..to as u32);
            offsets.push(rows.len() as u32);
        }
        if rows.is_empty() {
            return Products::default();
        }
        Products { offsets: offsets.into(), columns: columns(&self.products, &rows) }
    }
}

/// The position of a column; `hint` is where it was before.
fn place(columns: &mut Vec<LogColumn>, name: &str, hint: usize) -> usize {
    if columns.get(hint).is_some_and(|column| column.name == name) {
        return hint;
    }
    columns.iter().position(|column| column.name == name).unwrap_or_else(|| {
        columns.push(LogColumn { name: name.to_owned(), ..LogColumn::default() });
        columns.len() - 1
    })
}

/// What the codes of a segment's dictionary are in a column of a log.
struct Translation {
    column: usize,
    /// The new code of each old one; `None` where all stay as they are.
    codes: Option<Vec<u32>>,
}

impl Translation {
    /// The translations of a segment's dictionaries, by name. The columns are made where need be.
    fn into_columns<'t>(
        columns: &mut Vec<LogColumn>,
        dictionaries: &'t BTreeMap<String, Arc<Dictionary>>,
    ) -> BTreeMap<&'t str, Self> {
        let each = dictionaries.iter().map(|(name, dictionary)| {
            let at = place(columns, name, usize::MAX);
            (name.as_str(), Self::into(&mut columns[at], at, dictionary))
        });
        each.collect()
    }

    fn into(column: &mut LogColumn, at: usize, dictionary: &Dictionary) -> Self {
        if column.texts.is_empty() {
            column.texts = Interner::of(dictionary);
            return Self { column: at, codes: None };
        }
        let raw = |code: u32| dictionary.raw(code).unwrap_or("");
        let codes = (0..dictionary.len() as u32).map(|code| match code {
            ABSENT | NULL => code,
            _ => column.texts.intern(raw(code)),
        });
        Self { column: at, codes: Some(codes.collect()) }
    }

    /// Appends the codes of a shard to a column that is `before` rows long.
    fn append(&self, column: &mut LogColumn, codes: &[u32], before: usize) {
        column.codes.resize(before, ABSENT);
        match &self.codes {
            None => column.codes.extend_from_slice(codes),
            Some(new) => {
                let code = |old: &u32| new.get(*old as usize).copied().unwrap_or(ABSENT);
                column.codes.extend(codes.iter().map(code));
            }
        }
    }
}

/// Appends the columns of a shard to those of a log, which are `before` rows long.
fn append(
    columns: &mut [LogColumn],
    translations: &BTreeMap<&str, Translation>,
    shard: &BTreeMap<String, Verified<u32>>,
    before: usize,
) {
    for (name, codes) in shard {
        if let Some(translation) = translations.get(name.as_str())
            && let Some(column) = columns.get_mut(translation.column)
        {
            translation.append(column, codes, before);
        }
    }
}

fn codes(column: &LogColumn, rows: &[u32]) -> Verified<u32> {
    rows.iter().map(|row| column.codes.get(*row as usize).copied().unwrap_or(ABSENT)).collect()
}

/// The columns that have a value in some rows.
fn columns(columns: &[LogColumn], rows: &[u32]) -> BTreeMap<String, Verified<u32>> {
    let all = columns.iter().map(|each| (each.name.clone(), codes(each, rows)));
    all.filter(|(_, codes)| codes.iter().any(|code| *code != ABSENT)).collect()
}

fn dictionaries(columns: Vec<LogColumn>) -> BTreeMap<String, Arc<super::column::Dictionary>> {
    columns.into_iter().map(|each| (each.name, Arc::new(each.texts.finish()))).collect()
}
