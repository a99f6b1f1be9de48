//! The top of the file: version, name, paths, retention, limits, and the sections that have files of their own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::base::{Duration, Span};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};
use crate::project::node::{Entry, Node, Value};
use crate::project::{DataSource, Limits, Project, Retention};

use super::reader::{Map, Reader, first_key, unknown_choice};
use super::value::{self, Unreadable};
use super::{environments, outputs, schema, sources, state, workspaces};

/// The version of the project file that this build reads.
const VERSION: i64 = 1;
const KEYS: [&str; 13] = [
    "version",
    "project",
    "audiences",
    "workspaces",
    "data",
    "identity_order",
    "retention",
    "schema",
    "outputs",
    "state",
    "engine",
    "limits",
    "environments",
];

/// What came of a tree.
pub(in crate::project) struct Decoded {
    /// The project; `None` where something is wrong that definitions refer to, or depend on as a whole.
    pub(in crate::project) project: Option<Project>,
    /// Where secrets stand that must not be shown.
    pub(in crate::project) literal_secrets: Vec<Span>,
}

/// Decodes the root of a project file.
pub(in crate::project) fn project(root: &Node, folder: &Path, diagnostics: &mut Diagnostics) -> Decoded {
    let mut reader = Reader::new(diagnostics);
    let project = read(&mut reader, root, folder);
    Decoded { project, literal_secrets: reader.literal_secrets }
}

fn read(reader: &mut Reader<'_>, node: &Node, folder: &Path) -> Option<Project> {
    if !matches!(node.value, Value::Map(_)) {
        return reader.wrong_type(node, "the project file", "keys and values", |it| {
            it.help("start with `version: 1`, then `project: …`, each on a line of its own")
        });
    }
    let root = reader.any_map(node, first_key(node), "the project file")?;
    let version = version(reader, &root);
    if version == Version::Other {
        return None;
    }
    let root = reader.map(node, first_key(node), "the project file", &KEYS)?;
    let name = reader.need(&root, "project", "project: shop").and_then(|entry| name(reader, &entry.value));
    let audiences = path(reader, &root, "audiences", folder, "audiences");
    let workspaces = workspaces::workspaces(reader, &root);
    let (data_path, sources) = data(reader, &root, folder, workspaces.as_deref());
    let identity_order = root.get("identity_order").map(|entry| sources::identity_order(reader, entry));
    let retention = retention(reader, &root);
    let declared = schema::schema(reader, &root);
    let outputs = outputs::outputs(reader, &root, folder);
    let state = state::state(reader, &root, folder, ".aud/state.db", None);
    engine(reader, &root);
    let limits = limits(reader, &root);
    let base = environments::Base { folder, state: &state, outputs: outputs.as_ref() };
    let environments = environments::environments(reader, &root, &base);
    (version == Version::Ours).then_some(())?;
    Some(Project {
        name: name?,
        folder: folder.to_owned(),
        audiences: audiences?,
        workspaces: workspaces?,
        data_path,
        sources,
        identity_order: identity_order.unwrap_or_default(),
        retention,
        declared: declared?,
        outputs: outputs?,
        state,
        limits,
        environments,
        environment: None,
        shadow: false,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    /// This build's.
    Ours,
    /// Another one: the keys of the file may mean anything.
    Other,
    /// Not said; reported, and taken for ours.
    Unsaid,
}

fn version(reader: &mut Reader<'_>, root: &Map<'_>) -> Version {
    let Some(entry) = root.get("version") else {
        let place = root.entry("version").map_or(root.place, |entry| entry.value.span);
        let mut problem = Diagnostic::new(Code::MissingKey, "the project file has no `version`")
            .label(place, "`version` is missing")
            .help(format!("write `version: {VERSION}` as the first line"));
        if root.entry("version").is_none() && !root.entries.is_empty() {
            let line = format!("version: {VERSION}\n");
            problem = problem.fix(Fix::replace("add the version", root.place.before(), line));
        }
        reader.report(problem);
        return Version::Unsaid;
    };
    match entry.value.scalar().and_then(|scalar| scalar.whole()) {
        Some(VERSION) => Version::Ours,
        Some(other) => {
            let message = format!("this build does not read version {other} of the project file");
            reader.report(
                Diagnostic::new(Code::UnsupportedVersion, message)
                    .label(entry.value.span, format!("version {VERSION} is the one that it reads"))
                    .help(if other > VERSION {
                        format!("update `aud` to a build that reads version {other}")
                    } else {
                        format!("write `version: {VERSION}`")
                    }),
            );
            Version::Other
        }
        None => {
            let help = format!("write `version: {VERSION}`");
            reader
                .wrong_type(&entry.value, "`version`", "a whole number", |it| it.help(help))
                .unwrap_or(Version::Unsaid)
        }
    }
}

/// The name is part of the salt of every split, in which `/` separates the parts (M16).
fn name(reader: &mut Reader<'_>, node: &Node) -> Option<String> {
    let text = reader.text(node, "`project`")?;
    let bad = text.chars().find(|c| *c == '/' || c.is_control());
    if bad.is_some() || text.trim() != text {
        let label = if bad == Some('/') { "holds a `/`" } else { "holds unseen characters" };
        reader.report(
            Diagnostic::new(Code::NotAName, "the project's name holds characters that it cannot")
                .label(node.span, label)
                .help("letters, digits, `_`, `-`, `.` and blanks between words are fine"),
        );
        return None;
    }
    Some(text.to_owned())
}

fn data(
    reader: &mut Reader<'_>,
    root: &Map<'_>,
    folder: &Path,
    workspaces: Option<&[crate::project::Workspace]>,
) -> (PathBuf, Vec<DataSource>) {
    let default = || folder.join(".aud/data");
    let Some(entry) = root.get("data") else { return (default(), Vec::new()) };
    let Some(map) = reader.map(&entry.value, entry.key_span, "`data`", &["path", "sources"]) else {
        return (default(), Vec::new());
    };
    let lies = path(reader, &map, "path", folder, ".aud/data").unwrap_or_else(default);
    let sources = map.get("sources").map(|entry| sources::sources(reader, &entry.value, workspaces));
    (lies, sources.unwrap_or_default())
}

/// A path under a key, or a default; joined to the project folder.
pub(super) fn path(reader: &mut Reader<'_>, map: &Map<'_>, key: &str, folder: &Path, default: &str) -> Option<PathBuf> {
    match map.get(key) {
        Some(entry) => text_value(reader, &entry.value, &format!("`{key}`"), |text| value::path(folder, text)),
        None => Some(folder.join(default)),
    }
}

/// `{ events: 30d, profiles: 30d }`, or one length for both. What is left out or wrong is the default (M10).
fn retention(reader: &mut Reader<'_>, root: &Map<'_>) -> Retention {
    let default = Duration::of(30, "days");
    let both = |length| Retention { events: length, profiles: length };
    let Some(entry) = root.get("retention") else { return both(default) };
    if entry.value.scalar().is_some() {
        return both(length(reader, entry).unwrap_or(default));
    }
    let Some(map) = reader.map(&entry.value, entry.key_span, "`retention`", &["events", "profiles"]) else {
        return both(default);
    };
    let mut of = |key| map.get(key).and_then(|entry| length(reader, entry)).unwrap_or(default);
    Retention { events: of("events"), profiles: of("profiles") }
}

fn length(reader: &mut Reader<'_>, entry: &Entry) -> Option<Option<Duration>> {
    text_value(reader, &entry.value, &format!("`{}`", entry.key), value::retention)
}

fn engine(reader: &mut Reader<'_>, root: &Map<'_>) {
    if let Some(entry) = root.get("engine") {
        let help = "remove `engine`, or write `engine: embedded`";
        built_in(reader, &entry.value, "an engine", "embedded", &["spark", "clickhouse", "postgres"], help);
    }
}

/// Whether a word is the one that this build has; `absent` are those that other builds may have.
fn built_in(reader: &mut Reader<'_>, node: &Node, what: &str, ours: &str, absent: &[&str], help: &str) -> bool {
    let Some(text) = reader.text(node, what) else { return false };
    if text == ours {
        return true;
    }
    reader.report(if absent.contains(&text) {
        not_in_this_build(format!("this build does not have `{text}` as {what}"), node.span, help)
    } else {
        unknown_choice(text, node.span, what, &[ours])
    });
    false
}

/// Limits that are left out or wrong are the platform's (M14, M15).
fn limits(reader: &mut Reader<'_>, root: &Map<'_>) -> Limits {
    let mut limits = Limits { nesting_depth: 1, variants: 5 };
    let Some(entry) = root.get("limits") else { return limits };
    let known = ["nesting_depth", "variants"];
    let Some(map) = reader.map(&entry.value, entry.key_span, "`limits`", &known) else { return limits };
    for (key, limit, least, most) in
        [("nesting_depth", &mut limits.nesting_depth, 0, 64), ("variants", &mut limits.variants, 1, 100)]
    {
        if let Some(entry) = map.get(key)
            && let Some(number) = reader.whole(&entry.value, &format!("`{key}`"), least, most)
        {
            *limit = number;
        }
    }
    limits
}

/// Something that the file may well ask for, but not of this build.
fn not_in_this_build(message: String, span: Span, help: &str) -> Diagnostic {
    Diagnostic::new(Code::AbsentFromBuild, message).label(span, "not in this build").help(help)
}

/// The meaning of a text, or a diagnostic that says why it has none.
pub(super) fn text_value<'n, T>(
    reader: &mut Reader<'_>,
    node: &'n Node,
    what: &str,
    meaning: impl FnOnce(&'n str) -> Result<T, Unreadable>,
) -> Option<T> {
    let text = reader.text(node, what)?;
    match meaning(text) {
        Ok(value) => Some(value),
        Err(Unreadable { label, help, meant }) => {
            let mut problem = Diagnostic::new(Code::InvalidValue, format!("{what} cannot be `{text}`"))
                .label(node.span, label)
                .help(help);
            if let Some(meant) = meant {
                problem = problem.fix(Fix::replace(format!("write `{meant}`"), node.span, meant));
            }
            reader.report(problem);
            None
        }
    }
}

/// Texts of a list, each of them once.
pub(super) fn distinct_texts(reader: &mut Reader<'_>, items: &[Node], what: &str) -> Option<Vec<String>> {
    let mut first: HashMap<&str, Span> = HashMap::new();
    let mut texts = Vec::new();
    let mut sound = true;
    for item in items {
        let Some(text) = reader.text(item, what) else {
            sound = false;
            continue;
        };
        if let Some(before) = first.insert(text, item.span) {
            sound = false;
            reader.report(
                Diagnostic::new(Code::DuplicateKey, format!("`{text}` stands twice in one list"))
                    .label(item.span, "again here")
                    .label(before, "first here")
                    .help("remove one of them"),
            );
        }
        texts.push(text.to_owned());
    }
    sound.then_some(texts)
}
