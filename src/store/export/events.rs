//! A file for each event below `events/`: its rows by shard and segment, in time order there.
//!
//! An event with several products has a row for each of them, which share what `_group` says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use super::super::Store;
use super::super::column::{ABSENT, Dictionary, NULL};
use super::super::error::StoreError;
use super::super::events::{EventShard, EventTable};
use super::super::files::slug;
use super::super::verified::Verified;
use super::cells::Cells;
use super::layout;
use super::lines::Lines;
use super::sink::{Open, Sink};
use super::sources::Sources;
use crate::catalog::{Attribute, Catalog, CustomEventType, EventKey};

/// Events that are put together at once.
pub(super) const AT_ONCE: usize = 1 << 16;

/// An input and a custom type, by their codes: what one source of a project can say.
pub(super) type Origin = (u8, u8);

/// What the file of an event has.
pub(super) struct Layout<'s> {
    segments: &'s [Arc<EventTable>],
    /// Where the events came from; several have a column of MPIDs each.
    pub(super) origins: Vec<Origin>,
    pub(super) has_ids: bool,
    pub(super) has_products: bool,
    pub(super) attributes: Vec<(&'s str, Cells)>,
    pub(super) actions: Vec<(&'s str, Cells)>,
    pub(super) products: Vec<(&'s str, Cells)>,
}

/// Dictionaries of a segment by name, and columns of a shard by name.
type Texts = BTreeMap<String, Arc<Dictionary>>;
type Codes = BTreeMap<String, Verified<u32>>;

/// Writes the file of an event.
pub(super) fn write(
    sink: &mut Sink<'_>,
    store: &Store,
    catalog: &Catalog,
    key: &EventKey,
    segments: &[Arc<EventTable>],
    sources: &mut Sources,
) -> Result<(), StoreError> {
    let layout = Layout::new(catalog, key, segments);
    // Kinds whose events have no names are known by their own.
    let kind = if key.kind.is_named() { "" } else { key.kind.word() };
    let name = format!("events/{kind}{}.parquet", slug(key));
    let schema = layout.schema(store);
    sink.file(name.clone(), schema.clone(), &|open| layout.fill(store, open, &schema))?;
    sources.events(store, &name, key, &layout);
    Ok(())
}

impl<'s> Layout<'s> {
    fn new(catalog: &Catalog, key: &EventKey, segments: &'s [Arc<EventTable>]) -> Self {
        let known = catalog.events.get(key);
        let shards = || segments.iter().flat_map(|segment| &segment.shards);
        let origins: BTreeSet<Origin> =
            shards().flat_map(|shard| shard.inputs.iter().copied().zip(shard.types.iter().copied())).collect();
        let typed = |said: fn(&crate::catalog::Event) -> &BTreeMap<String, Attribute>,
                     texts: fn(&EventTable) -> &Texts,
                     codes: fn(&EventShard) -> &Codes| {
            let names: BTreeSet<&str> =
                segments.iter().flat_map(|segment| texts(segment).keys().map(String::as_str)).collect();
            let cells = |name: &'s str| {
                let said = known.and_then(|event| said(event).get(name)).map(|attribute| attribute.value_type);
                let dictionaries: Vec<&Dictionary> =
                    segments.iter().filter_map(|segment| Some(&**texts(segment).get(name)?)).collect();
                let has_null =
                    || shards().filter_map(|shard| codes(shard).get(name)).any(|codes| codes.contains(&NULL));
                (name, Cells::of(said, &dictionaries, has_null))
            };
            names.into_iter().map(cells).collect::<Vec<_>>()
        };
        Self {
            segments,
            origins: origins.into_iter().collect(),
            has_ids: segments.iter().any(|segment| segment.ids.is_some()),
            has_products: shards().any(|shard| !shard.products.offsets.is_empty()),
            attributes: typed(|event| &event.attributes, |table| &table.attributes, |shard| &shard.columns),
            actions: typed(|event| &event.attributes, |table| &table.actions, |shard| &shard.actions),
            products: typed(|event| &event.products, |table| &table.products, |shard| &shard.products.columns),
        }
    }

    /// The column of the MPIDs of the events of one origin: the only one, where all events are of it.
    pub(super) fn user_column(&self, store: &Store, origin: Origin) -> String {
        match self.origins.len() {
            0 | 1 => layout::USER.to_owned(),
            _ => format!("{}/{}/{}", layout::USER, input(store, origin.0), type_name(origin.1)),
        }
    }

    /// The column that tells events apart for an import, where one does.
    pub(super) fn id_column(&self) -> Option<&'static str> {
        let id = self.has_ids.then_some(layout::ID);
        if self.has_products { Some(layout::GROUP) } else { id }
    }

    fn schema(&self, store: &Store) -> Schema {
        let field = |name: &str, cells: Cells| Field::new(name, cells.data_type(), true);
        let mut fields = vec![
            Field::new(layout::USER, DataType::Int64, false),
            Field::new(layout::TIME, Cells::Instants.data_type(), false),
            Field::new(layout::INPUT, DataType::Utf8, false),
            Field::new(layout::TYPE, DataType::Utf8, false),
        ];
        if self.origins.len() > 1 {
            let column = |origin: &Origin| Field::new(self.user_column(store, *origin), DataType::Int64, true);
            fields.extend(self.origins.iter().map(column));
        }
        let ids = [(self.has_ids, layout::ID), (self.has_products, layout::GROUP)];
        fields.extend(ids.iter().filter(|(there, _)| *there).map(|(_, name)| field(name, Cells::Texts)));
        fields.extend(self.attributes.iter().map(|(name, cells)| field(&layout::of_attribute(name), *cells)));
        fields.extend(self.actions.iter().map(|(name, cells)| field(&layout::of_action(name), *cells)));
        fields.extend(self.products.iter().map(|(name, cells)| field(&layout::of_product(name), *cells)));
        Schema::new(fields)
    }

    /// Hands over all events, each shard as a row group.
    fn fill(&self, store: &Store, open: &mut Open<'_>, schema: &Schema) -> Result<(), ArrowError> {
        let schema: SchemaRef = Arc::new(schema.clone());
        for shard in 0..store.shard_count() {
            for (segment, table) in self.segments.iter().enumerate() {
                let Some(events) = table.shards.get(shard) else { continue };
                for from in (0..events.times.len()).step_by(AT_ONCE) {
                    let lines = Lines::new(table, events, (segment, shard), from);
                    let batch = RecordBatch::try_new(schema.clone(), self.arrays(store, &lines))?;
                    open.write(&batch, (events.times.len() - from).min(AT_ONCE) as u64)?;
                }
            }
            open.end_group()?;
        }
        Ok(())
    }

    fn arrays(&self, store: &Store, lines: &Lines<'_>) -> Vec<ArrayRef> {
        let (table, events) = (lines.table, lines.events);
        let mpid = |at: usize| lines.mpid(store, at);
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(lines.events().map(mpid).collect::<Int64Array>()),
            lines.times(),
            Arc::new(lines.events().map(|at| Some(input(store, lines.origin(at).0))).collect::<StringArray>()),
            Arc::new(lines.events().map(|at| Some(type_name(lines.origin(at).1))).collect::<StringArray>()),
        ];
        if self.origins.len() > 1 {
            for origin in &self.origins {
                let own = |at: usize| mpid(at).filter(|_| lines.origin(at) == *origin);
                arrays.push(Arc::new(lines.events().map(own).collect::<Int64Array>()));
            }
        }
        if self.has_ids {
            arrays.push(Arc::new(lines.events().map(|at| lines.id(at)).collect::<StringArray>()));
        }
        if self.has_products {
            arrays.push(Arc::new(lines.events().map(|at| lines.group(at)).collect::<StringArray>()));
        }
        let none = Dictionary::default();
        let array = |(name, cells): (&str, Cells),
                     texts: &Texts,
                     codes: &Codes,
                     rows: &mut dyn Iterator<Item = Option<usize>>| {
            let codes = codes.get(name);
            let code = |row: Option<usize>| row.and_then(|row| codes?.get(row).copied()).unwrap_or(ABSENT);
            cells.array(rows.map(code), texts.get(name).map_or(&none, |dictionary| dictionary))
        };
        for column in &self.attributes {
            arrays.push(array(*column, &table.attributes, &events.columns, &mut lines.events().map(Some)));
        }
        for column in &self.actions {
            arrays.push(array(*column, &table.actions, &events.actions, &mut lines.events().map(Some)));
        }
        for column in &self.products {
            arrays.push(array(*column, &table.products, &events.products.columns, &mut lines.products()));
        }
        arrays
    }
}

/// An input by its code.
pub(super) fn input(store: &Store, code: u8) -> String {
    store.inputs.get(usize::from(code)).map(ToString::to_string).unwrap_or_default()
}

/// A custom type by its code.
pub(super) fn type_name(code: u8) -> &'static str {
    CustomEventType::ALL.get(usize::from(code)).map_or("unknown", |(name, _)| name)
}
