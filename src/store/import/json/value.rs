//! Values of JSON as text: whatever was sent, as it was sent.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::super::column::LIST;
use super::super::report::BadRow;

/// A value. A number is the text that was sent (M5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Null,
    Text(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
}

/// What a value is. An object is its own text; so is anything but a text inside a list.
pub(super) fn value(raw: &RawValue) -> Result<Value<'_>, BadRow> {
    Ok(match raw.get().as_bytes().first() {
        Some(b'n') => Value::Null,
        Some(b'[') => {
            let entries: Vec<Option<&RawValue>> = parse(raw)?;
            Value::List(entries.into_iter().flatten().map(scalar).collect::<Result<_, _>>()?)
        }
        _ => Value::Text(without_list_sign(scalar(raw)?)),
    })
}

/// The text of a value; `None` for null, for an empty text and for nothing at all.
pub(super) fn text<'a>(raw: Option<&'a RawValue>) -> Result<Option<Cow<'a, str>>, BadRow> {
    let Some(raw) = raw.filter(|raw| !is_null(raw)) else { return Ok(None) };
    let text = scalar(raw)?;
    Ok((!text.trim().is_empty()).then_some(text))
}

/// Whether a value is true.
pub(super) fn is_true(raw: Option<&RawValue>) -> bool {
    raw.is_some_and(|raw| raw.get().trim_matches('"').eq_ignore_ascii_case("true"))
}

/// Whether a value is null.
pub(super) fn is_null(raw: &RawValue) -> bool {
    raw.get() == "null"
}

/// An instant in ms since 1970; `None` where nothing is said of it.
pub(super) fn instant(raw: Option<&RawValue>) -> Result<Option<i64>, BadRow> {
    let Some(text) = text(raw)? else { return Ok(None) };
    let text = text.trim();
    // Some write whole numbers as `1.7e12`.
    let rounded = || text.parse().ok().filter(|ms: &f64| ms.abs() < 1e15).map(|ms| ms as i64);
    let read = text.parse().ok().or_else(rounded).or_else(|| Some(crate::base::value::read_date(text)?.0));
    read.map(Some).ok_or(BadRow::Time)
}

/// The text of a value that is no list.
fn scalar(raw: &RawValue) -> Result<Cow<'_, str>, BadRow> {
    let text = raw.get();
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(inner) if !inner.contains('\\') => Ok(Cow::Borrowed(inner)),
        Some(_) => parse(raw).map(Cow::Owned),
        None => Ok(Cow::Borrowed(text)),
    }
}

/// A text that begins with the sign of lists loses it: it is none.
fn without_list_sign(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(LIST) { Cow::Owned(text.trim_start_matches(LIST).to_owned()) } else { text }
}

/// What stands under a name, read as one of the structures below.
pub(super) fn parse<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, BadRow> {
    serde_json::from_str(raw.get()).map_err(|error| reason(&error))
}

/// Why JSON could not be read.
pub(super) fn reason(error: &serde_json::Error) -> BadRow {
    if error.is_data() { BadRow::Shape } else { BadRow::NotJson }
}

/// An object as the pairs in it, in their order; of equal names the last one counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Object<'a>(pub(super) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// What stands under a name.
    pub(super) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(each, _)| each == name).map(|(_, value)| *value)
    }

    /// The text under a name.
    pub(super) fn text(&self, name: &str) -> Result<Option<Cow<'a, str>>, BadRow> {
        text(self.get(name))
    }

    /// The text under the first of some names that says something.
    pub(super) fn first(&self, names: &[&str]) -> Result<Option<Cow<'a, str>>, BadRow> {
        for name in names {
            if let Some(text) = self.text(name)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// The object under a name; an empty one where there is none.
    pub(super) fn object(&self, name: &str) -> Result<Object<'a>, BadRow> {
        let inner: Option<Option<Object<'a>>> = self.get(name).map(parse).transpose()?;
        Ok(inner.flatten().unwrap_or_default())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::with_capacity(map.size_hint().unwrap_or(0));
                while let Some((Key(key), value)) = map.next_entry()? {
                    pairs.push((key, value));
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// A name, borrowed where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn values_are_what_was_sent() {
        let text = |text: &'static str| Value::Text(Cow::Borrowed(text));
        for (json, expected) in [
            ("1.50", text("1.50")),
            ("-0", text("-0")),
            ("1e999", text("1e999")),
            ("true", text("true")),
            ("\"\"", text("")),
            ("\"a\\u0000\\n\"", text("a\0\n")),
            ("\"\\u001d[\"", text("[")),
            ("null", Value::Null),
            ("{\"a\": 1}", text("{\"a\": 1}")),
            ("[\"a\", null, 2.0, [3]]", Value::List(vec!["a".into(), "2.0".into(), "[3]".into()])),
        ] {
            assert_eq!(value(&raw(json)), Ok(expected), "{json}");
        }
        assert_eq!(value(&raw("\"\\ud800\"")), Err(BadRow::NotJson), "half a character");
    }

    #[test]
    fn instants_are_milliseconds() {
        for (json, expected) in [
            ("5", Ok(Some(5))),
            ("\" 5 \"", Ok(Some(5))),
            ("1.7e12", Ok(Some(1_700_000_000_000))),
            ("\"1970-01-01T00:00:01Z\"", Ok(Some(1000))),
            ("null", Ok(None)),
            ("true", Err(BadRow::Time)),
            ("1e300", Err(BadRow::Time)),
            ("{}", Err(BadRow::Time)),
        ] {
            assert_eq!(instant(Some(&raw(json))), expected, "{json}");
        }
    }
}
