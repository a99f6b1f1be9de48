//! What a row of a source says of its user's profile: attributes, consent, devices, places, attributions.

use crate::catalog::{DeviceField, InstallEdge, LocationField, Regulation};
use crate::diagnostic::{Code, Diagnostic};
use crate::project::node::{Entry, Value};
use crate::project::{LocationMapping, NamedColumn, ProfileMapping, ValueMapping};

use super::reader::{Map, Reader, unknown_choice, words};

/// The one purpose that consent under the CCPA has.
const CCPA_PURPOSE: &str = "data_sale_opt_out";

/// Reads the keys of a source that are about profiles; `None` where one of them is wrong.
pub(super) fn profile(reader: &mut Reader<'_>, source: &Map<'_>) -> Option<ProfileMapping> {
    let user_attributes = values(reader, source, "user_attributes", "user attribute");
    let calculated = values(reader, source, "calculated", "calculated attribute");
    let consent = source.get("consent").map_or(Some(Vec::new()), |entry| consent(reader, entry));
    let device = source.get("device").map_or(Some(Vec::new()), |entry| device(reader, entry));
    let location = source.get("location").map_or(Some(LocationMapping::default()), |entry| location(reader, entry));
    let attribution = source.get("attribution").map_or(Some(Vec::new()), |entry| attribution(reader, entry));
    Some(ProfileMapping {
        user_attributes: user_attributes?,
        calculated: calculated?,
        consent: consent?,
        device: device?,
        location: location?,
        attribution: attribution?,
    })
}

/// Columns by the name of what they fill: a column, or `{ column: Movies, split: "|" }`.
fn values(reader: &mut Reader<'_>, source: &Map<'_>, key: &str, what: &str) -> Option<Vec<ValueMapping>> {
    let Some(entry) = source.get(key) else { return Some(Vec::new()) };
    let map = reader.any_map(&entry.value, entry.key_span, format!("`{key}`"))?;
    let values: Vec<_> = map.entries.iter().map(|entry| value(reader, entry, what)).collect();
    values.into_iter().collect()
}

fn value(reader: &mut Reader<'_>, entry: &Entry, what: &str) -> Option<ValueMapping> {
    let what = format!("{what} `{}`", entry.key);
    let name = entry.key.clone();
    if !matches!(entry.value.value, Value::Map(_)) {
        let column = reader.text(&entry.value, &what)?.to_owned();
        return Some(ValueMapping { name, column, split: None });
    }
    let map = reader.map(&entry.value, entry.key_span, what, &["column", "split"])?;
    let column = reader.need(&map, "column", "column: Movies").and_then(|entry| reader.text(&entry.value, "`column`"));
    let split = match map.get("split") {
        Some(entry) => Some(separator(reader, entry)?),
        None => None,
    };
    Some(ValueMapping { name, column: column?.to_owned(), split })
}

/// What stands between entries: any text, also white space.
fn separator(reader: &mut Reader<'_>, entry: &Entry) -> Option<String> {
    match entry.value.scalar().map(|scalar| scalar.text.as_str()) {
        Some(text) if !text.is_empty() && text.trim().is_empty() => Some(text.to_owned()),
        _ => reader.text(&entry.value, "`split`").map(str::to_owned),
    }
}

/// A list of columns under their own names, or columns by the name of what they fill.
pub(super) fn named_columns(reader: &mut Reader<'_>, entry: &Entry, what: &str) -> Option<Vec<NamedColumn>> {
    if !matches!(entry.value.value, Value::Map(_)) {
        let items = reader.list(&entry.value, &format!("`{}`", entry.key))?;
        let names = super::distinct_texts(reader, items, &format!("an {what}"))?;
        return Some(names.into_iter().map(|name| NamedColumn { column: name.clone(), name }).collect());
    }
    let map = reader.any_map(&entry.value, entry.key_span, format!("`{}`", entry.key))?;
    let column = |entry: &Entry| {
        let column = reader.text(&entry.value, &format!("{what} `{}`", entry.key))?.to_owned();
        Some(NamedColumn { name: entry.key.clone(), column })
    };
    let columns: Vec<_> = map.entries.iter().map(column).collect();
    columns.into_iter().collect()
}

/// `{ gdpr: { marketing: COLUMN } }`.
fn consent(reader: &mut Reader<'_>, entry: &Entry) -> Option<Vec<(Regulation, NamedColumn)>> {
    let map = reader.map(&entry.value, entry.key_span, "`consent`", &words(Regulation::ALL))?;
    let mut all = Some(Vec::new());
    for (word, regulation) in Regulation::ALL {
        let Some(entry) = map.get(word) else { continue };
        let place = format!("`{word}`");
        let Some(purposes) = reader.any_map(&entry.value, entry.key_span, place) else {
            all = None;
            continue;
        };
        for purpose in purposes.entries {
            let column = reader.text(&purpose.value, &format!("purpose `{}`", purpose.key)).map(str::to_owned);
            let known = *regulation != Regulation::Ccpa || purpose.key == CCPA_PURPOSE;
            if !known {
                reader.report(
                    unknown_choice(&purpose.key, purpose.key_span, "a purpose under the CCPA", &[CCPA_PURPOSE]).note(
                        "consent under the CCPA is about one thing, the sale of data; `true` means opted out of it",
                    ),
                );
            }
            match (&mut all, column, known) {
                (Some(all), Some(column), true) => {
                    all.push((*regulation, NamedColumn { name: purpose.key.clone(), column }));
                }
                _ => all = None,
            }
        }
    }
    all
}

/// `{ os: COLUMN, model: COLUMN }`.
fn device(reader: &mut Reader<'_>, entry: &Entry) -> Option<Vec<(DeviceField, String)>> {
    let map = reader.map(&entry.value, entry.key_span, "`device`", &words(DeviceField::ALL))?;
    let fields: Vec<_> = DeviceField::ALL.iter().filter_map(|(word, field)| Some((field, map.get(word)?))).collect();
    let column = |(field, entry): (&DeviceField, &Entry)| {
        Some((*field, reader.text(&entry.value, &format!("`{}`", entry.key))?.to_owned()))
    };
    let columns: Vec<_> = fields.into_iter().map(column).collect();
    columns.into_iter().collect()
}

/// `{ city: COLUMN, latitude: COLUMN, longitude: COLUMN }`.
fn location(reader: &mut Reader<'_>, entry: &Entry) -> Option<LocationMapping> {
    let known = ["city", "state", "zip", "dma", "country", "latitude", "longitude"];
    let map = reader.map(&entry.value, entry.key_span, "`location`", &known)?;
    let mut column = |word: &str| map.get(word).map(|entry| reader.text(&entry.value, &format!("`{word}`")));
    let mut fields = Vec::new();
    for (word, field) in LocationField::ALL.iter().filter(|(_, field)| *field != LocationField::Point) {
        match column(word) {
            Some(text) => fields.push((*field, text?.to_owned())),
            None => continue,
        }
    }
    let (latitude, longitude) = (column("latitude"), column("longitude"));
    let point = match (latitude, longitude) {
        (Some(latitude), Some(longitude)) => Some((latitude?.to_owned(), longitude?.to_owned())),
        (None, None) => None,
        (latitude, _) => {
            let (there, missing) =
                if latitude.is_some() { ("latitude", "longitude") } else { ("longitude", "latitude") };
            let place = map.get(there).map_or(map.place, |entry| entry.key_span);
            reader.report(
                Diagnostic::new(Code::HalfAPoint, format!("`location` has a `{there}` and no `{missing}`"))
                    .label(place, "half a point")
                    .help(format!("write `{missing}: COLUMN` too, in degrees, or remove `{there}`")),
            );
            return None;
        }
    };
    Some(LocationMapping { fields, point })
}

/// `{ install: { publisher: COLUMN, campaign: COLUMN } }`.
fn attribution(reader: &mut Reader<'_>, entry: &Entry) -> Option<Vec<(InstallEdge, Vec<NamedColumn>)>> {
    let map = reader.map(&entry.value, entry.key_span, "`attribution`", &words(InstallEdge::ALL))?;
    let mut all = Some(Vec::new());
    for (word, edge) in InstallEdge::ALL {
        let Some(entry) = map.get(word) else { continue };
        match (&mut all, named_columns(reader, entry, "attribute")) {
            (Some(all), Some(columns)) => all.push((*edge, columns)),
            _ => all = None,
        }
    }
    all
}
