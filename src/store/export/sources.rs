//! `sources.yaml`: how a project reads the files of an export back.
//!
//! Each entry reads one file for one workspace, or for one input and custom type: the rows of others have no MPID in the column
//! that it names, and an import leaves rows without a user out. Written as JSON, which YAML takes.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::super::Store;
use super::super::column::ABSENT;
use super::events::{Layout, input, type_name};
use super::layout::{self, MPID};
use super::people::{IDENTITIES, USERS};
use crate::base::WorkspaceName;
use crate::catalog::{CustomEventType, EventKey, EventKind, IdentityType, InstallEdge, LocationField, ProfileField};
use crate::project::Project;

/// The file inside the folder of an export.
pub(super) const FILE: &str = "sources.yaml";

/// The name of what an attribution without any field is read back by.
const MARK: &str = "_known";

/// The sources so far.
pub(super) struct Sources {
    /// Where the files lie, as a project names them.
    folder: String,
    all: Vec<Value>,
}

impl Sources {
    pub(super) fn new(project: &Project, folder: &Path) -> Self {
        let shown = folder.strip_prefix(&project.folder).unwrap_or(folder);
        let shown = shown.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
        Self { folder: shown, all: Vec::new() }
    }

    /// The document.
    pub(super) fn yaml(&self) -> String {
        let mut out = String::from(
            "# The sources of a project that reads this export: put them under `data` in aud.yaml.\nsources:\n",
        );
        for source in &self.all {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  - {source}");
        }
        out
    }

    fn add(&mut self, name: String, input: String, file: &str, more: Map<String, Value>) {
        let folder = self.folder.trim_end_matches('/');
        let path = if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
        let mut source = json!({ "name": name, "input": input, "files": path, "format": "parquet" });
        if let Some(source) = source.as_object_mut() {
            source.extend(more);
        }
        self.all.push(source);
    }

    /// What a workspace knows of its users: at their last sightings, and then their first sightings.
    pub(super) fn users(&mut self, store: &Store, workspace: &WorkspaceName) {
        let Some(input) = home(store, workspace) else { return };
        let column = |what: &str| layout::of_workspace(workspace, what);
        let mut last = profile(store, workspace);
        last.insert("user".to_owned(), json!({ MPID: column(MPID) }));
        last.insert("seen".to_owned(), column("last_seen").into());
        self.add(format!("users of {workspace}"), input.clone(), USERS, last);
        let first = json!({ "user": { MPID: column(MPID) }, "seen": column("first_seen") });
        let first = first.as_object().cloned().unwrap_or_default();
        self.add(format!("first sightings in {workspace}"), input, USERS, first);
    }

    /// The identities of the users that a workspace has seen first.
    pub(super) fn identities(&mut self, store: &Store, workspace: &WorkspaceName, types: &[IdentityType]) {
        let Some(input) = home(store, workspace).filter(|_| !types.is_empty()) else { return };
        let mut user = Map::from_iter([(MPID.to_owned(), layout::of_workspace(workspace, MPID).into())]);
        let column = |each: &IdentityType| match store.users.seen.len() {
            0 | 1 => each.name().to_owned(),
            _ => layout::of_workspace(workspace, each.name()),
        };
        user.extend(types.iter().map(|each| (each.name().to_owned(), column(each).into())));
        let more = [("user", user.into()), ("seen", layout::of_workspace(workspace, "last_seen").into())];
        let more = more.into_iter().map(|(key, value): (&str, Value)| (key.to_owned(), value)).collect();
        self.add(format!("identities in {workspace}"), input, IDENTITIES, more);
    }

    /// The events of a key, a source for each input and custom type.
    pub(super) fn events(&mut self, store: &Store, file: &str, key: &EventKey, layout: &Layout<'_>) {
        for origin in &layout.origins {
            let mut event = Map::new();
            event.insert("kind".to_owned(), key.kind.word().into());
            if key.kind.is_named() {
                event.insert("name".to_owned(), (*key.name).into());
            }
            let custom_type = type_name(origin.1);
            if key.kind == EventKind::Custom && custom_type != CustomEventType::Other.name() {
                event.insert("type".to_owned(), custom_type.into());
            }
            event.insert("time".to_owned(), layout::TIME.into());
            if let Some(id) = layout.id_column() {
                event.insert(if layout.has_products { "group" } else { "id" }.to_owned(), id.into());
            }
            let parts = [
                ("attributes", &layout.attributes, layout::of_attribute as fn(&str) -> String),
                ("action", &layout.actions, layout::of_action),
                ("product", &layout.products, layout::of_product),
            ];
            for (part, columns, name) in parts.into_iter().filter(|(_, columns, _)| !columns.is_empty()) {
                let columns = columns.iter().map(|(each, _)| ((*each).to_owned(), Value::from(name(each))));
                event.insert(part.to_owned(), Value::Object(columns.collect()));
            }
            let input = input(store, origin.0);
            let name = format!("{key} from {input} as {custom_type}");
            let more = [("user", json!({ MPID: layout.user_column(store, *origin) })), ("event", event.into())];
            let more = more.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
            self.add(name, input, file, more);
        }
    }
}

/// An input of a workspace.
fn home(store: &Store, workspace: &WorkspaceName) -> Option<String> {
    store.inputs.iter().find(|input| input.workspace == *workspace).map(ToString::to_string)
}

/// The mapping of what profiles hold.
fn profile(store: &Store, workspace: &WorkspaceName) -> Map<String, Value> {
    let mut all = Value::Object(Map::new());
    let mut put = |path: &[&str], column: String| {
        let mut place = &mut all;
        for part in path {
            place = &mut place[*part];
        }
        *place = column.into();
    };
    for field in store.users.fields.get(workspace).into_iter().flat_map(|fields| fields.keys()) {
        let column = layout::of_field(workspace, field);
        match field {
            ProfileField::Attribute(name) => put(&["user_attributes", name], column),
            ProfileField::Calculated(name) => put(&["calculated", name], column),
            ProfileField::Consent(regulation, purpose) => put(&["consent", regulation.word(), purpose], column),
            ProfileField::Device(field) => put(&["device", field.word()], column),
            ProfileField::Location(LocationField::Point) => {
                put(&["location", "latitude"], column);
                put(&["location", "longitude"], layout::of_workspace(workspace, "location/longitude"));
            }
            ProfileField::Location(field) => put(&["location", field.word()], column),
            ProfileField::Attribution(edge, Some(name)) => put(&["attribution", edge.word(), name], column),
            ProfileField::Attribution(edge, None) => {
                if has_bare(store, workspace, *edge) {
                    put(&["attribution", edge.word(), MARK], column);
                }
            }
        }
    }
    all.as_object().cloned().unwrap_or_default()
}

/// Whether anybody has an attribution of which no field is known.
fn has_bare(store: &Store, workspace: &WorkspaceName, of: InstallEdge) -> bool {
    let Some(fields) = store.users.fields.get(workspace) else { return false };
    let known = |row: usize| {
        fields.iter().any(|(field, column)| {
            matches!(field, ProfileField::Attribution(edge, Some(_)) if *edge == of) && column.code(row) != ABSENT
        })
    };
    let mark = fields.get(&ProfileField::Attribution(of, None));
    mark.is_some_and(|mark| (0..store.user_count()).any(|row| mark.code(row) != ABSENT && !known(row)))
}
