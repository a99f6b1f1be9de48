//! Settings of a connection, checked against those that the output takes.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::analyze::resolve::listed;
use crate::base::{Span, Spanned, suggest};
use crate::catalog::SettingType;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::project::Output;
use crate::syntax::ast::{Connect, Literal, SettingValue};

/// The settings of a connection that are fine.
pub(in crate::analyze) fn check(
    written: &Connect,
    output: &Output,
    found: &mut Diagnostics,
) -> BTreeMap<String, Value> {
    let mut given: BTreeMap<String, Value> = BTreeMap::new();
    let mut places: BTreeMap<&str, Span> = BTreeMap::new();
    for setting in &written.settings {
        let name = setting.key.value.as_str();
        if let Some(first) = places.insert(name, setting.key.span) {
            found.push(
                Diagnostic::new(Code::DuplicateField, format!("setting `{name}` is given twice"))
                    .label(setting.key.span, "again here")
                    .label(first, "first here")
                    .help("keep one of them"),
            );
            continue;
        }
        let Some(known) = output.kind.connection_settings.iter().find(|known| known.name == name) else {
            found.push(unknown(output, &setting.key.as_ref().map(|key| key.as_str())));
            continue;
        };
        match value(&setting.value, known.takes) {
            Some(value) => {
                given.insert(name.to_owned(), value);
            }
            None => found.push(
                Diagnostic::new(Code::SettingType, format!("setting `{name}` takes {}", known.takes.name()))
                    .label(setting.value.span, format!("not {}", known.takes.name()))
                    .note(known.doc),
            ),
        }
    }
    for needed in output.kind.connection_settings.iter().filter(|known| known.required) {
        if !places.contains_key(needed.name) {
            found.push(
                Diagnostic::new(
                    Code::MissingSetting,
                    format!("output `{}` needs the setting `{}`", output.name, needed.name),
                )
                .label(written.output.span, format!("`{}` is not given", needed.name))
                .note(needed.doc)
                .help(format!("add `with {{ {} … }}`", needed.name)),
            );
        }
    }
    given
}

fn unknown(output: &Output, key: &Spanned<&str>) -> Diagnostic {
    let known: Vec<&str> = output.kind.connection_settings.iter().map(|known| known.name).collect();
    let help = match known.as_slice() {
        [] => format!("leave it out: connections to {} outputs have no settings", output.kind.name),
        known => format!("connections to {} outputs take {}", output.kind.name, listed(known.iter().copied())),
    };
    Diagnostic::new(
        Code::UnknownSetting,
        format!("output `{}` has no setting `{}` for a connection", output.name, key.value),
    )
    .label(key.span, "unknown setting")
    .help(help)
    .did_you_mean(key.span, &suggest::nearest(key.value, known), str::to_owned)
}

fn value(written: &SettingValue, takes: SettingType) -> Option<Value> {
    match (written, takes) {
        (SettingValue::Literal(Literal::String(text)), SettingType::Text) => Some(Value::from(text.as_str())),
        (SettingValue::Literal(Literal::Number(number)), SettingType::Integer) => {
            number.text.parse::<i64>().ok().map(Value::from)
        }
        (SettingValue::Boolean(value), SettingType::Boolean) => Some(Value::from(*value)),
        _ => None,
    }
}
