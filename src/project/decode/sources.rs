//! `data.sources`: which files are read, and how a row is a profile or an event.

use std::collections::HashMap;

use crate::base::Span;
use crate::catalog::{IdentityType, LookupOrder};
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::project::node::{Entry, Node, Value};
use crate::project::{DataSource, Format, Workspace};

use super::reader::{Map, Reader, alternatives, first_key, unknown_choice, words};
use super::{distinct_texts, events, profiles, text_value, value, workspaces};

const KEYS: [&str; 14] = [
    "name",
    "input",
    "files",
    "format",
    "development",
    "user",
    "event",
    "user_attributes",
    "calculated",
    "consent",
    "device",
    "location",
    "attribution",
    "seen",
];
const FORMATS: [(&str, Format); 5] = [
    ("csv", Format::Csv),
    ("ndjson", Format::Ndjson),
    ("parquet", Format::Parquet),
    ("arrow", Format::Arrow),
    ("mparticle", Format::Mparticle),
];
/// What says how a row is read, and has nothing to say of batches.
const OF_ROWS: [&str; 9] =
    ["user", "event", "user_attributes", "calculated", "consent", "device", "location", "attribution", "seen"];
/// The word for the platform's own number of a user, among identity types.
const MPID: &str = "mpid";

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
    let batches = format == Some(Format::Mparticle);
    let users = if batches { Some(UserColumns::default()) } else { users(reader, &map) };
    let development = development(reader, &map, format);
    let fitting = !batches || without_mapping(reader, &map);
    let event = map.get("event").map(|entry| events::event(reader, entry));
    let profile = profiles::profile(reader, &map);
    let seen = map.get("seen").map(|entry| events::time(reader, entry));
    if let (Some(event), Some(seen)) = (map.get("event"), map.get("seen")) {
        reader.report(
            Diagnostic::new(Code::ConflictingKeys, format!("{} has both `event` and `seen`", map.what))
                .label(seen.key_span, "for rows that are profiles")
                .label(event.key_span, "for rows that are events")
                .help("remove `seen`: the time of an event is also when its user was seen"),
        );
    }
    fitting.then_some(())?;
    let (mpid, identities) = users?;
    Some(DataSource {
        name: name?.to_owned(),
        input: input?,
        files: files?.to_owned(),
        format: format?,
        development: development?,
        mpid,
        identities,
        event: flat(event)?,
        profile: profile?,
        seen: flat(seen)?,
    })
}

/// Whether batches of the environment `development` count.
fn development(reader: &mut Reader<'_>, map: &Map<'_>, format: Option<Format>) -> Option<bool> {
    let Some(entry) = map.get("development") else { return Some(false) };
    if format.is_some_and(|format| format != Format::Mparticle) {
        reader.report(
            Diagnostic::new(Code::ConflictingKeys, format!("{} has `development` and reads rows", map.what))
                .label(entry.key_span, "about batches")
                .help("remove `development`: only batches of `format: mparticle` say which environment they are from"),
        );
        return None;
    }
    let said = entry.value.scalar().and_then(|scalar| scalar.boolean());
    said.or_else(|| reader.wrong_type(&entry.value, "`development`", "`true` or `false`", |it| it))
}

/// Whether a source of batches leaves to them what they say themselves.
fn without_mapping(reader: &mut Reader<'_>, map: &Map<'_>) -> bool {
    let there: Vec<&Entry> = OF_ROWS.iter().filter_map(|key| map.entry(key)).collect();
    for entry in &there {
        let message = format!("{} has `format: mparticle` and `{}`", map.what, entry.key);
        reader.report(
            Diagnostic::new(Code::ConflictingKeys, message)
                .label(entry.key_span, "for rows of columns")
                .help(format!("remove `{}`: a batch says itself who it is about and what happened", entry.key)),
        );
    }
    there.is_empty()
}

/// What was not written is fine, what was written wrong is not.
pub(super) fn flat<T>(written: Option<Option<T>>) -> Option<Option<T>> {
    match written {
        None => Some(None),
        Some(value) => value.map(Some),
    }
}

fn file_format(reader: &mut Reader<'_>, node: &Node) -> Option<Format> {
    let text = reader.text(node, "`format`")?;
    match FORMATS.iter().find(|(word, _)| *word == text) {
        Some((_, format)) => return Some(*format),
        None => reader.report(unknown_choice(text, node.span, "a format of files", &FORMATS.map(|(word, _)| word))),
    }
    None
}

/// The column of the MPID, and identity types with theirs.
type UserColumns = (Option<String>, Vec<(IdentityType, String)>);

fn users(reader: &mut Reader<'_>, source: &Map<'_>) -> Option<UserColumns> {
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
    let (mut mpid, mut identities) = (None, Vec::new());
    let mut sound = true;
    for entry in map.entries {
        if entry.key == MPID {
            mpid = reader.text(&entry.value, "`mpid`").map(str::to_owned);
            sound &= mpid.is_some();
            continue;
        }
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
    sound.then_some((mpid, identities))
}

/// The identity types that are looked up first. What is wrong in it leaves the usual order.
pub(super) fn identity_order(reader: &mut Reader<'_>, entry: &Entry) -> LookupOrder {
    let what = "an identity type in `identity_order`";
    let items = reader.list(&entry.value, "`identity_order`").unwrap_or(&[]);
    // Reports what is no text or stands twice.
    let _ = distinct_texts(reader, items, what);
    let mut read = |node: &Node| {
        let text = node.scalar()?.text.as_str();
        let found = text.parse().ok();
        if found.is_none() {
            let known = words(IdentityType::ALL);
            let problem = unknown_choice(text, node.span, what, &known);
            reader.report(match text {
                MPID => Diagnostic { fix: None, ..problem }
                    .help("a row's MPID always comes before its identities: leave `mpid` out"),
                _ => problem,
            });
        }
        found
    };
    let first: Vec<IdentityType> = items.iter().filter_map(&mut read).collect();
    LookupOrder::starting_with(&first)
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
