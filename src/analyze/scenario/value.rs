//! Values of tests: numbers keep their text, and a value that its attribute cannot be read from is a warning.

use std::collections::BTreeMap;

use super::Reading;
use crate::base::{Spanned, value};
use crate::catalog::{Attribute, ValueType};
use crate::diagnostic::{Code, Diagnostic};
use crate::ir::Sent;
use crate::syntax::ast::Literal;
use crate::syntax::ast::scenario::{Pair, Value};

/// A value as a source would send it.
pub(super) fn sent(value: &Value) -> Sent {
    match value {
        Value::Null => Sent::Null,
        Value::Boolean(value) => Sent::Text(value.to_string()),
        Value::Literal(literal) => Sent::Text(text(literal).to_owned()),
        Value::List(entries) => Sent::List(entries.iter().map(|entry| text(&entry.value).to_owned()).collect()),
    }
}

fn text(literal: &Literal) -> &str {
    match literal {
        Literal::String(text) => text,
        Literal::Number(number) => &number.text,
    }
}

impl Reading<'_, '_> {
    /// The value of a named attribute, checked against what is known of it.
    pub(super) fn value(&mut self, name: &str, value: &Spanned<Value>, known: Option<&Attribute>) -> Sent {
        if let Some(known) = known.filter(|known| !is_readable(&value.value, known.value_type)) {
            let a_type = known.value_type.with_article();
            self.found.push(
                Diagnostic::new(Code::UnreadableValue, format!("this value of `{name}` cannot be read as {a_type}"))
                    .label(value.span, "counts as missing")
                    .note(format!("`{name}` is {}", known.provenance.explain(known.value_type)))
                    .help(format!("write {a_type}, unless a value that cannot be read is what the test is about")),
            );
        }
        sent(&value.value)
    }

    /// The attributes between braces, each once.
    pub(super) fn pairs(
        &mut self,
        pairs: &[Pair],
        known: Option<&BTreeMap<String, Attribute>>,
    ) -> BTreeMap<String, Sent> {
        let mut values = BTreeMap::new();
        for (at, pair) in pairs.iter().enumerate() {
            let before = pairs.get(..at).unwrap_or_default();
            if let Some(first) = before.iter().find(|first| first.name.value == pair.name.value) {
                self.found.push(
                    Diagnostic::new(Code::DuplicateField, format!("`{}` is given twice", pair.name.value))
                        .label(pair.name.span, "again here")
                        .label(first.name.span, "first here")
                        .help("an attribute has one value; several texts are a list: `[\"a\", \"b\"]`"),
                );
                continue;
            }
            let known = known.and_then(|known| known.get(&pair.name.value));
            let value = self.value(&pair.name.value, &pair.value, known);
            values.insert(pair.name.value.clone(), value);
        }
        values
    }
}

/// Whether a value can be read as a type (M5). Null is missing whatever the type.
fn is_readable(written: &Value, value_type: ValueType) -> bool {
    let text = match sent(written) {
        Sent::Null => return true,
        Sent::List(_) => return value_type == ValueType::List,
        Sent::Text(text) => text,
    };
    match value_type {
        ValueType::String | ValueType::List => true,
        ValueType::Number => value::read_number(&text).is_some(),
        ValueType::Boolean => value::read_boolean(&text).is_some(),
        ValueType::Date => value::read_date(&text).is_some(),
    }
}
