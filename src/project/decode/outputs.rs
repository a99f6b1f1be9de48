//! `outputs`: configured outputs, their settings checked against the kind's, their secrets as references.

use std::collections::BTreeMap;
use std::path::Path;

use crate::base::{OutputName, Span};
use crate::catalog::{OutputKind, Setting, SettingType};
use crate::diagnostic::{Code, Diagnostic};
use crate::project::node::{Entry, Node, Value};
use crate::project::{Output, Secret};

use super::reader::{Map, Reader, listed, unknown_choice};
use super::{text_value, value};

/// Every output by name; `None` where one of them is wrong, since definitions refer to them.
pub(super) fn outputs(reader: &mut Reader<'_>, root: &Map<'_>, folder: &Path) -> Option<BTreeMap<OutputName, Output>> {
    let Some(entry) = root.get("outputs") else { return Some(BTreeMap::new()) };
    let map = reader.any_map(&entry.value, entry.key_span, "`outputs`")?;
    let all: Vec<Option<Output>> = map.entries.iter().map(|entry| output(reader, entry, folder)).collect();
    all.into_iter().map(|output| output.map(|output| (output.name.clone(), output))).collect()
}

/// One output.
pub(super) fn output(reader: &mut Reader<'_>, entry: &Entry, folder: &Path) -> Option<Output> {
    let name = reader.name(&entry.key, entry.key_span, "an output");
    let what = format!("output `{}`", entry.key);
    let map = reader.map(&entry.value, entry.key_span, what, &["kind", "settings", "secrets"])?;
    let kind = reader.need(&map, "kind", "kind: file").and_then(|entry| kind(reader, &entry.value));
    // Secrets are looked at whatever the kind is: a value that stands there must never be shown.
    let secrets = secrets(reader, &map, kind, &entry.key, folder);
    let kind = kind?;
    let settings = settings(reader, &map, kind);
    Some(Output { name: name?, kind, settings: settings?, secrets: secrets?, span: entry.key_span })
}

fn kind(reader: &mut Reader<'_>, node: &Node) -> Option<&'static OutputKind> {
    let text = reader.text(node, "`kind`")?;
    let found = OutputKind::find(text);
    if found.is_none() {
        let known: Vec<&str> = OutputKind::ALL.iter().map(|kind| kind.name).collect();
        reader.report(unknown_choice(text, node.span, "a kind of output that this build has", &known));
    }
    found
}

fn settings(
    reader: &mut Reader<'_>,
    output: &Map<'_>,
    kind: &OutputKind,
) -> Option<BTreeMap<String, serde_json::Value>> {
    let known: Vec<&str> = kind.settings.iter().map(|setting| setting.name).collect();
    let map = match output.get("settings") {
        Some(entry) => reader.map(&entry.value, entry.key_span, format!("`settings` of {}", output.what), &known)?,
        None => Map::empty(output.place, ""),
    };
    let mut sound = map.entries.iter().all(|entry| known.contains(&entry.key.as_str()));
    let mut settings = BTreeMap::new();
    for setting in kind.settings {
        let value = match map.entry(setting.name) {
            Some(entry) => setting_value(reader, &entry.value, setting),
            None if setting.required => {
                missing(reader, output, map.place, "setting", setting);
                None
            }
            None => continue,
        };
        sound &= value.is_some();
        settings.extend(value.map(|value| (setting.name.to_owned(), value)));
    }
    sound.then_some(settings)
}

fn setting_value(reader: &mut Reader<'_>, node: &Node, setting: &Setting) -> Option<serde_json::Value> {
    let what = format!("setting `{}`", setting.name);
    let scalar = node.scalar();
    let value: Option<serde_json::Value> = match setting.takes {
        SettingType::Text => return reader.text(node, &what).map(serde_json::Value::from),
        SettingType::Integer => scalar.and_then(|scalar| scalar.whole()).map(serde_json::Value::from),
        SettingType::Boolean => scalar.and_then(|scalar| scalar.boolean()).map(serde_json::Value::from),
    };
    value.or_else(|| reader.wrong_type(node, &what, setting.takes.name(), |it| it.note(uncapitalised(setting.doc))))
}

fn missing(reader: &mut Reader<'_>, output: &Map<'_>, place: Span, what: &str, setting: &Setting) {
    reader.report(
        Diagnostic::new(Code::MissingKey, format!("{} has no {what} `{}`", output.what, setting.name))
            .label(place, format!("`{}` is missing", setting.name))
            .help(format!("`{}` takes {}: {}", setting.name, setting.takes.name(), uncapitalised(setting.doc))),
    );
}

/// A sentence as a part of another one.
fn uncapitalised(sentence: &str) -> String {
    let mut chars = sentence.trim_end_matches('.').chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

fn secrets(
    reader: &mut Reader<'_>,
    output: &Map<'_>,
    kind: Option<&OutputKind>,
    name: &str,
    folder: &Path,
) -> Option<BTreeMap<String, Secret>> {
    let known: Option<Vec<&str>> = kind.map(|kind| kind.secrets.iter().map(|secret| secret.name).collect());
    let mut secrets = BTreeMap::new();
    let mut sound = true;
    let map = match output.get("secrets") {
        Some(entry) => {
            if matches!(entry.value.value, Value::Scalar(_)) {
                reader.literal_secrets.push(entry.value.span);
            }
            reader.any_map(&entry.value, entry.key_span, format!("`secrets` of {}", output.what))?
        }
        None => Map::empty(output.place, ""),
    };
    for entry in map.entries {
        hide(reader, &entry.value);
        if let (Some(known), Some(kind)) = (&known, kind)
            && !known.contains(&entry.key.as_str())
        {
            sound = false;
            reader.report(unknown_secret(entry, kind, known));
            continue;
        }
        let secret = secret(reader, entry, name, folder);
        sound &= secret.is_some();
        secrets.extend(secret.map(|secret| (entry.key.clone(), secret)));
    }
    for setting in kind.iter().flat_map(|kind| kind.secrets).filter(|setting| setting.required) {
        if map.entry(setting.name).is_none() {
            sound = false;
            missing(reader, output, map.place, "secret", setting);
        }
    }
    sound.then_some(secrets)
}

fn unknown_secret(entry: &Entry, kind: &OutputKind, known: &[&str]) -> Diagnostic {
    if is_literal(&entry.value) {
        let help = format!("remove it: outputs of kind `{}` take no secret of this name", kind.name);
        return literal(entry).help(help);
    }
    let near = crate::base::suggest::nearest(&entry.key, known.iter().copied());
    let help = match known {
        [] => "remove it: they need none".to_owned(),
        known => format!("the secrets of kind `{}` are {}", kind.name, listed(known)),
    };
    Diagnostic::new(Code::UnknownKey, format!("outputs of kind `{}` have no secret `{}`", kind.name, entry.key))
        .label(entry.key_span, "unknown secret")
        .help(help)
        .did_you_mean(entry.key_span, &near, str::to_owned)
}

/// `{ env: NAME }` or `{ file: PATH }`. A value in its place is masked and refused.
pub(super) fn secret(reader: &mut Reader<'_>, entry: &Entry, output: &str, folder: &Path) -> Option<Secret> {
    let what = format!("secret `{}`", entry.key);
    let reference = format!("{}: {{ env: {} }}", entry.key, variable(output, &entry.key));
    let Value::Map(entries) = &entry.value.value else {
        if entry.value.is_null() {
            reader.report(
                Diagnostic::new(Code::MissingKey, format!("{what} has no value"))
                    .label(entry.value.span, "nothing is written here")
                    .help(format!("write where it is to be found, for example `{reference}`")),
            );
            return None;
        }
        let help = format!("put it into an environment variable or a file, and write `{reference}`");
        reader.report(literal(entry).help(help));
        return None;
    };
    let map = reader.map(&entry.value, entry.key_span, &what, &["env", "file"])?;
    match (map.get("env"), map.get("file")) {
        (Some(env), None) => Some(Secret::Env(reader.text(&env.value, "`env`")?.to_owned())),
        (None, Some(file)) => {
            text_value(reader, &file.value, "`file`", |text| value::path(folder, text)).map(Secret::File)
        }
        (Some(env), Some(file)) => {
            reader.report(
                Diagnostic::new(Code::ConflictingKeys, format!("{what} has both `env` and `file`"))
                    .label(file.key_span, "in a file")
                    .label(env.key_span, "in the environment")
                    .help("keep one of them"),
            );
            None
        }
        (None, None) if entries.is_empty() || map.entry("env").is_some() || map.entry("file").is_some() => {
            let place: Span = entries.first().map_or(entry.key_span, |first| first.key_span);
            reader.report(
                Diagnostic::new(Code::MissingKey, format!("{what} does not say where it is to be found"))
                    .label(place, "names nothing")
                    .help(format!("write, for example, `{reference}`")),
            );
            None
        }
        (None, None) => None, // only unknown keys, which are reported
    }
}

/// Whether a value is written where a reference belongs.
fn is_literal(node: &Node) -> bool {
    !node.is_null() && !matches!(node.value, Value::Map(_) | Value::Refused)
}

fn literal(entry: &Entry) -> Diagnostic {
    Diagnostic::new(Code::LiteralSecret, format!("secret `{}` stands in the project file itself", entry.key))
        .label(entry.key_span, "its value is written here")
        .note("project files are shared and kept: take a new secret instead of one that was in such a file")
}

/// Masks whatever may be a secret in a value: all of it but references.
pub(super) fn hide(reader: &mut Reader<'_>, node: &Node) {
    match &node.value {
        Value::Map(entries) => {
            let is_reference =
                |entry: &&Entry| matches!(entry.key.as_str(), "env" | "file") && entry.value.scalar().is_some();
            let other = entries.iter().filter(|entry| !is_reference(entry));
            reader.literal_secrets.extend(other.map(|entry| entry.value.span));
        }
        _ if node.is_null() => {}
        _ => reader.literal_secrets.push(node.span),
    }
}

/// Masks the secrets of an output that is not looked into: whatever stands below any key but those that hold none.
pub(super) fn hide_secrets(reader: &mut Reader<'_>, output: &Node) {
    let Value::Map(entries) = &output.value else { return };
    for entry in entries.iter().filter(|entry| !matches!(entry.key.as_str(), "kind" | "settings")) {
        match &entry.value.value {
            Value::Map(secrets) => secrets.iter().for_each(|secret| hide(reader, &secret.value)),
            _ => hide(reader, &entry.value),
        }
    }
}

/// A name for the variable that holds a secret of an output.
fn variable(output: &str, secret: &str) -> String {
    let upper = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("{output}_{secret}").chars().map(upper).collect()
}
