//! What several tests share.

mod child;
pub(crate) mod postgres;
mod sandbox;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) use child::{child, folder_of_child, kills, last_number, limited};
pub(crate) use sandbox::{Run, Sandbox, copy, retail_csv, retail_project};

use aud::catalog::{Attribute, Catalog, CustomEventType, Event, EventKey, EventKind, Provenance, Regulation};

/// Every file below a folder, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// A catalog as data would show it, from a JSON file of attributes and events.
pub(crate) fn detected_catalog(file: &Path) -> Catalog {
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut catalog = Catalog {
        user_attributes: detected_attributes(&json["user"]),
        calculated: detected_attributes(&json["calculated"]),
        has_data: true,
        ..Catalog::default()
    };
    let purposes = json["purposes"].as_array().into_iter().flatten();
    catalog.purposes = purposes.map(|name| (Regulation::Gdpr, name.as_str().unwrap().to_owned())).collect();
    let screens = json["screens"].as_object().into_iter().flatten();
    catalog.events.extend(screens.map(|(name, screen)| (EventKey::screen(name.as_str()), detected_event(screen))));
    let kinds = json["kinds"].as_object().into_iter().flatten();
    let key = |word: &str| EventKey::of(EventKind::of_word(word).unwrap());
    catalog.events.extend(kinds.map(|(word, event)| (key(word), detected_event(event))));
    for (name, event) in json["events"].as_object().unwrap() {
        catalog.events.insert(EventKey::custom(name.as_str()), detected_event(event));
    }
    catalog
}

fn detected_event(event: &serde_json::Value) -> Event {
    let types = event["types"].as_array().into_iter().flatten();
    Event {
        attributes: detected_attributes(&event["attributes"]),
        products: detected_attributes(&event["products"]),
        types: types.map(|name| CustomEventType::parse(name.as_str().unwrap()).unwrap()).collect(),
        rows: 48_112,
        ..Event::default()
    }
}

fn detected_attributes(json: &serde_json::Value) -> BTreeMap<String, Attribute> {
    let provenance = Provenance::Detected { fitting: 48_112, values: 48_112, sources: vec!["purchases".to_owned()] };
    let attribute = |name: &serde_json::Value| Attribute {
        value_type: name.as_str().unwrap().parse().unwrap(),
        provenance: provenance.clone(),
        allowed: None,
        seen: Vec::new(),
    };
    json.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), attribute(value))).collect()
}
