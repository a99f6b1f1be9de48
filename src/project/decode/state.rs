//! `state`: where the state lies. Also for whatever puts another one in its place.

use std::path::Path;

use crate::diagnostic::{Code, Diagnostic};
use crate::project::StateLocation;
use crate::project::node::Entry;

use super::outputs::{hide, secret};
use super::reader::{Map, Reader, unknown_choice};
use super::{path, text_value};

/// The schema where none is named.
const SCHEMA: &str = "aud";

/// How long a name may be in PostgreSQL, in bytes; it cuts off the rest.
const LONGEST_NAME: usize = 63;

/// Where the state of a project or an environment lies. Where nothing is said, or nothing that can be read, it is at `otherwise`, or else in a
/// file of its own.
pub(super) fn state(
    reader: &mut Reader<'_>,
    map: &Map<'_>,
    folder: &Path,
    file: &str,
    otherwise: Option<StateLocation>,
) -> StateLocation {
    let said = map.get("state").and_then(|entry| location(reader, entry, folder, file));
    said.or(otherwise).unwrap_or_else(|| StateLocation::Sqlite(folder.join(file)))
}

/// Where the state of an environment lies that does not say it: beside the project's own.
pub(super) fn beside(base: &StateLocation, environment: &str) -> Option<StateLocation> {
    match base {
        StateLocation::Sqlite(_) => None,
        StateLocation::Postgres { url, schema } => {
            Some(StateLocation::Postgres { url: url.clone(), schema: format!("{schema}_{environment}") })
        }
    }
}

/// `{ backend: sqlite, path: … }` or `{ backend: postgres, url: { env: … }, schema: … }`.
fn location(reader: &mut Reader<'_>, entry: &Entry, folder: &Path, file: &str) -> Option<StateLocation> {
    let any = reader.any_map(&entry.value, entry.key_span, "`state`")?;
    // A value in the place of a reference must never be shown, whatever else is wrong.
    if let Some(url) = any.entry("url") {
        hide(reader, &url.value);
    }
    let backend = match any.get("backend") {
        Some(backend) => reader.text(&backend.value, "a backend for state")?,
        None => "sqlite",
    };
    match backend {
        "sqlite" => {
            let map = reader.map(&entry.value, entry.key_span, "`state`", &["backend", "path"])?;
            path(reader, &map, "path", folder, file).map(StateLocation::Sqlite)
        }
        "postgres" => {
            let map = reader.map(&entry.value, entry.key_span, "`state`", &["backend", "url", "schema"])?;
            let schema = schema(reader, &map);
            let url = reader.need(&map, "url", "url: { env: AUD_STATE_URL }");
            let url = url.and_then(|url| secret(reader, url, "aud_state", folder));
            Some(StateLocation::Postgres { url: url?, schema: schema? })
        }
        other => {
            let place = any.get("backend").map_or(entry.key_span, |backend| backend.value.span);
            reader.report(unknown_choice(other, place, "a backend for state", &["sqlite", "postgres"]));
            None
        }
    }
}

fn schema(reader: &mut Reader<'_>, map: &Map<'_>) -> Option<String> {
    let Some(entry) = map.get("schema") else { return Some(SCHEMA.to_owned()) };
    text_value(reader, &entry.value, "`schema`", |text| Ok(text.to_owned())).filter(|text| {
        let is_fine = (1..=LONGEST_NAME).contains(&text.len())
            && !text.starts_with("pg_")
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !is_fine {
            reader.report(
                Diagnostic::new(Code::InvalidValue, format!("`schema` cannot be `{text}`"))
                    .label(entry.value.span, "not the name of a schema")
                    .help(
                        "small letters, digits and `_` are fine, up to 63 of them; names in `pg_` are the server's own",
                    ),
            );
        }
        is_fine
    })
}
