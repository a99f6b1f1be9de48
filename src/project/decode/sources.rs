//! `data.sources`: which files are read, and how a row is a profile or an event.

use std::collections::HashMap;

use crate::base::Span;
use crate::catalog::{CustomEventType, EventKey, IdentityType};
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::project::node::{Entry, Node, Value};
use crate::project::{DataSource, EventMapping, Format, NameMapping, TimeMapping, Workspace};

use super::reader::{Map, Reader, alternatives, first_key, unknown_choice, words};
use super::{text_value, value, workspaces};

const KEYS: [&str; 8] = ["name", "input", "files", "format", "user", "event", "user_attributes", "seen"];
const FORMATS: [(&str, Option<Format>); 5] =
    [("csv", Some(Format::Csv)), ("ndjson", None), ("parquet", None), ("arrow", None), ("mparticle", None)];

/// Every source that could be read. Inputs are only looked for where the workspaces are known.
pub(super) fn sources(reader: &mut Reader<'_>, node: &Node, workspaces: Option<&[Workspace]>) -> Vec<DataSource> {
    let Some(items) = reader.list(node, "`sources`") else { return Vec::new() };
    let mut names: HashMap<&str, Span> = HashMap::new();
    let mut sources = Vec::new();
    for item in items {
        if let Value::Map(entries) = &item.value
            && let Some(entry) = entries.iter().find(|entry| entry.key == "name")
            && let Some(scalar) = entry.value.scalar()
            && let Some(first) = names.insert(&scalar.text, entry.value.span)
        {
            reader.report(
                Diagnostic::new(Code::DuplicateKey, format!("two sources are named `{}`", scalar.text))
                    .label(entry.value.span, "again here")
                    .label(first, "first here")
                    .help("give each source a name of its own; `aud import` knows it by this name"),
            );
        }
        sources.extend(source(reader, item, workspaces));
    }
    sources
}

fn source(reader: &mut Reader<'_>, item: &Node, workspaces: Option<&[Workspace]>) -> Option<DataSource> {
    let named = match &item.value {
        Value::Map(entries) => entries.iter().find(|entry| entry.key == "name").and_then(|entry| entry.value.scalar()),
        _ => None,
    };
    let what = named.map_or("this source".to_owned(), |name| format!("source `{}`", name.text));
    let map = reader.map(item, first_key(item), what, &KEYS)?;
    let name = reader.need(&map, "name", "name: purchases");
    let name = name.and_then(|entry| reader.text(&entry.value, "`name`"));
    let input = reader.need(&map, "input", "input: web");
    let input = input.and_then(|entry| workspaces::find_input(reader, &entry.value, workspaces?));
    let files = reader.need(&map, "files", "files: data/purchases/*.csv");
    let files = files.and_then(|entry| text_value(reader, &entry.value, "`files`", value::pattern));
    let format = reader.need(&map, "format", "format: csv");
    let format = format.and_then(|entry| file_format(reader, &entry.value));
    let identities = identities(reader, &map);
    let event = map.get("event").map(|entry| event(reader, entry));
    let user_attributes = map.get("user_attributes").map(|entry| columns(reader, entry)).unwrap_or_default();
    let seen = map.get("seen").map(|entry| time(reader, entry));
    if let (Some(event), Some(seen)) = (map.get("event"), map.get("seen")) {
        reader.report(
            Diagnostic::new(Code::ConflictingKeys, format!("{} has both `event` and `seen`", map.what))
                .label(seen.key_span, "for rows that are profiles")
                .label(event.key_span, "for rows that are events")
                .help("remove `seen`: the time of an event is also when its user was seen"),
        );
    }
    Some(DataSource {
        name: name?.to_owned(),
        input: input?,
        files: files?.to_owned(),
        format: format?,
        identities: identities?,
        event: flat(event)?,
        user_attributes,
        seen: flat(seen)?,
    })
}

/// What was not written is fine, what was written wrong is not.
fn flat<T>(written: Option<Option<T>>) -> Option<Option<T>> {
    match written {
        None => Some(None),
        Some(value) => value.map(Some),
    }
}

fn file_format(reader: &mut Reader<'_>, node: &Node) -> Option<Format> {
    let text = reader.text(node, "`format`")?;
    match FORMATS.iter().find(|(word, _)| *word == text) {
        Some((_, Some(format))) => return Some(*format),
        Some((_, None)) => reader.report(super::not_in_this_build(
            format!("this build does not read `{text}` files"),
            node.span,
            "write the data as CSV, gzipped if you like, and `format: csv`",
        )),
        None => reader.report(unknown_choice(text, node.span, "a format of files", &["csv"])),
    }
    None
}

fn identities(reader: &mut Reader<'_>, source: &Map<'_>) -> Option<Vec<(IdentityType, String)>> {
    let entry = reader.need(source, "user", "user: { customer_id: CustomerID }")?;
    let map = reader.any_map(&entry.value, entry.key_span, "`user`")?;
    if map.entries.is_empty() {
        reader.report(
            Diagnostic::new(Code::MissingKey, format!("`user` of {} names no identity", source.what))
                .label(entry.key_span, "at least one identity is needed")
                .help("write, for example, `user: { customer_id: CustomerID }`: an identity type and its column"),
        );
        return None;
    }
    let mut identities = Vec::new();
    let mut sound = true;
    for entry in map.entries {
        let found: Option<IdentityType> = entry.key.parse().ok();
        if found.is_none() {
            reader.report(unknown_identity(entry));
        }
        let column = reader.text(&entry.value, &format!("identity `{}`", entry.key));
        match (found, column) {
            (Some(identity), Some(column)) => identities.push((identity, column.to_owned())),
            _ => sound = false,
        }
    }
    sound.then_some(identities)
}

fn unknown_identity(entry: &Entry) -> Diagnostic {
    let known = words(IdentityType::ALL);
    let problem = unknown_choice(&entry.key, entry.key_span, "an identity type", &known);
    match entry.value.scalar() {
        // The two sides are easily swapped.
        Some(scalar) if known.contains(&scalar.text.as_str()) => {
            let turned = format!("{}: {}", scalar.text, entry.key);
            problem.help("the identity type comes first, then the column").fix(Fix::replace(
                format!("write `{turned}`"),
                entry.key_span.to(entry.value.span),
                turned,
            ))
        }
        _ if problem.fix.is_some() => problem,
        _ => {
            let common = ["customer_id", "email", "other", "mobile_number", "ios_idfv", "android_uuid"];
            let help = problem.help.clone().filter(|help| help.starts_with("did you mean"));
            problem.help(help.unwrap_or_else(|| format!("common identity types are {}", alternatives(&common))))
        }
    }
}

fn event(reader: &mut Reader<'_>, entry: &Entry) -> Option<EventMapping> {
    let map = reader.map(&entry.value, entry.key_span, "`event`", &["name", "type", "time", "id", "attributes"])?;
    let name = reader.need(&map, "name", "name: Purchase").and_then(|entry| event_name(reader, entry));
    let types = CustomEventType::ALL;
    let event_type =
        map.get("type").map(|entry| reader.choice(&entry.value, "`type`", "a type of custom event", types));
    let at = reader.need(&map, "time", "time: { column: timestamp }").and_then(|entry| time(reader, entry));
    let id = map.get("id").map(|entry| reader.text(&entry.value, "`id`").map(str::to_owned));
    let attributes = map.get("attributes").map(|entry| attributes(reader, entry));
    Some(EventMapping {
        name: name?,
        event_type: event_type.unwrap_or(Some(CustomEventType::Other))?,
        time: at?,
        id: flat(id)?,
        attributes: flat(attributes)?.unwrap_or_default(),
    })
}

/// A constant, `{ column: … }`, or `{ when: { COLUMN: { matches: … } }, then: …, else: … }`.
fn event_name(reader: &mut Reader<'_>, entry: &Entry) -> Option<NameMapping> {
    if !matches!(entry.value.value, Value::Map(_)) {
        let text = reader.text(&entry.value, "`name`")?;
        return Some(NameMapping::Constant(EventKey::custom(text)));
    }
    let map = reader.map(&entry.value, entry.key_span, "`name`", &["column", "when", "then", "else"])?;
    if let Some(column) = map.entry("column") {
        if let Some(when) = map.entry("when") {
            reader.report(
                Diagnostic::new(Code::ConflictingKeys, "`name` has both `column` and `when`")
                    .label(when.key_span, "one of two names, by a test")
                    .label(column.key_span, "the name that a column says")
                    .help("keep one of them"),
            );
        }
        return Some(NameMapping::Column(reader.text(&column.value, "`column`")?.to_owned()));
    }
    let when = reader.need(&map, "when", "when: { InvoiceNo: { matches: \"C*\" } }").and_then(|it| when(reader, it));
    let then = reader.need(&map, "then", "then: Refund").and_then(|entry| reader.text(&entry.value, "`then`"));
    let otherwise = reader.need(&map, "else", "else: Purchase").and_then(|entry| reader.text(&entry.value, "`else`"));
    let (column, matches) = when?;
    Some(NameMapping::When { column, matches, then: EventKey::custom(then?), otherwise: EventKey::custom(otherwise?) })
}

/// The column that is tested and the wildcard that it must match.
fn when(reader: &mut Reader<'_>, entry: &Entry) -> Option<(String, String)> {
    let map = reader.any_map(&entry.value, entry.key_span, "`when`")?;
    let [test] = map.entries else {
        let (place, label) = match map.entries.get(1) {
            Some(second) => (second.key_span, "a second one"),
            None => (entry.key_span, "names no column"),
        };
        reader.report(
            Diagnostic::new(Code::InvalidValue, "`when` tests one column")
                .label(place, label)
                .help("write, for example, `when: { InvoiceNo: { matches: \"C*\" } }`"),
        );
        return None;
    };
    let what = format!("the test of column `{}`", test.key);
    let inner = reader.map(&test.value, test.key_span, what, &["matches"])?;
    let matches = reader.need(&inner, "matches", "matches: \"C*\"")?;
    Some((test.key.clone(), reader.text(&matches.value, "`matches`")?.to_owned()))
}

/// A column, or `{ column: …, format: …, zone: … }`.
fn time(reader: &mut Reader<'_>, entry: &Entry) -> Option<TimeMapping> {
    let what = format!("`{}`", entry.key);
    let utc = value::offset("UTC").ok()?;
    if !matches!(entry.value.value, Value::Map(_)) {
        let column = reader.text(&entry.value, &what)?.to_owned();
        return Some(TimeMapping { column, format: None, offset: utc });
    }
    let map = reader.map(&entry.value, entry.key_span, what, &["column", "format", "zone"])?;
    let column = reader.need(&map, "column", "column: timestamp");
    let column = column.and_then(|entry| reader.text(&entry.value, "`column`"));
    let format = map
        .get("format")
        .map(|entry| text_value(reader, &entry.value, "`format`", value::time_format).map(str::to_owned));
    let offset = map.get("zone").map(|entry| text_value(reader, &entry.value, "`zone`", value::offset));
    Some(TimeMapping { column: column?.to_owned(), format: flat(format)?, offset: offset.unwrap_or(Some(utc))? })
}

/// Columns by the name of what they fill. What is wrong is left out.
fn columns(reader: &mut Reader<'_>, entry: &Entry) -> Vec<(String, String)> {
    let Some(map) = reader.any_map(&entry.value, entry.key_span, format!("`{}`", entry.key)) else { return Vec::new() };
    let column = |entry: &Entry| {
        let column = reader.text(&entry.value, &format!("user attribute `{}`", entry.key))?;
        Some((entry.key.clone(), column.to_owned()))
    };
    map.entries.iter().filter_map(column).collect()
}

fn attributes(reader: &mut Reader<'_>, entry: &Entry) -> Option<Vec<String>> {
    let items = reader.list(&entry.value, "`attributes`")?;
    super::distinct_texts(reader, items, "an attribute")
}
