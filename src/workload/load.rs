//! The Parquet files of a workload, imported as the sources of a project are.
//!
//! In: `users.parquet` and `events.parquet`. Out: a store in which every column but the ids, names and times of events is an
//! attribute. A user is known by the MPID in `user_id` and seen at `last_seen`.

use std::path::Path;

use chrono::{FixedOffset, Offset, Utc};

use super::error::WorkloadError;
use super::lower::input;
use crate::catalog::{Catalog, CustomEventType, EventKind, LookupOrder};
use crate::project::{
    DataSource, EventId, EventMapping, Format, Input, InputKind, Limits, NameMapping, NamedColumn, ProfileMapping,
    Project, Retention, StateLocation, TimeMapping, ValueMapping, Workspace,
};
use crate::store::{self, BadRowLimit, ImportOptions, source_columns};
use crate::system::System;

const USERS: &str = "users.parquet";
const EVENTS: &str = "events.parquet";

/// Imports the data of a folder into the folder of a store. Not one bad row is left out.
pub(super) fn load(system: &dyn System, data: &Path, store: &Path) -> Result<(), WorkloadError> {
    let columns = |name: &str| source_columns(system, &data.join(name), Format::Parquet);
    let sources = vec![users(columns(USERS)?), events(columns(EVENTS)?)];
    let options = ImportOptions { bad_rows: BadRowLimit { percent: 0, at_least: 0 }, rebuild: false };
    store::import(system, &project(data, store, sources), options, &|_| {})?;
    Ok(())
}

/// The project of which these are the sources.
fn project(data: &Path, store: &Path, sources: Vec<DataSource>) -> Project {
    let inputs = vec![Input { name: input(), kind: InputKind::Feed }];
    Project {
        name: "workload".to_owned(),
        folder: data.to_owned(),
        audiences: data.to_owned(),
        workspaces: vec![Workspace { name: input().workspace, inputs }],
        data_path: store.to_owned(),
        sources,
        identity_order: LookupOrder::default(),
        retention: Retention { events: None, profiles: None },
        declared: Catalog::default(),
        outputs: Default::default(),
        state: StateLocation::Sqlite(store.join("state.db")),
        limits: Limits { nesting_depth: u32::MAX, variants: 0 },
        environments: Default::default(),
        environment: None,
        shadow: false,
    }
}

fn users(columns: Vec<String>) -> DataSource {
    let attribute = |column: &String| ValueMapping { name: column.clone(), column: column.clone(), split: None };
    let user_attributes = columns.iter().filter(|column| *column != "user_id").map(attribute).collect();
    DataSource {
        profile: ProfileMapping { user_attributes, ..ProfileMapping::default() },
        seen: Some(time("last_seen")),
        ..source(USERS)
    }
}

fn events(columns: Vec<String>) -> DataSource {
    let own = |column: &String| !["user_id", "event_name", "ts"].contains(&column.as_str());
    let attribute = |column: String| NamedColumn { name: column.clone(), column };
    let event = EventMapping {
        name: NameMapping::Column(EventKind::Custom, "event_name".to_owned()),
        event_type: CustomEventType::Other,
        time: time("ts"),
        id: EventId::None,
        attributes: columns.into_iter().filter(own).map(attribute).collect(),
        action: Vec::new(),
        product: Vec::new(),
    };
    DataSource { event: Some(event), ..source(EVENTS) }
}

fn source(file: &str) -> DataSource {
    DataSource {
        name: file.trim_end_matches(".parquet").to_owned(),
        input: input(),
        files: file.to_owned(),
        format: Format::Parquet,
        development: false,
        mpid: Some("user_id".to_owned()),
        identities: Vec::new(),
        event: None,
        profile: ProfileMapping::default(),
        seen: None,
    }
}

fn time(column: &str) -> TimeMapping {
    let offset: FixedOffset = Utc.fix();
    TimeMapping { column: column.to_owned(), format: None, offset }
}
