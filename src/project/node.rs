//! YAML as a tree in which every key and every value knows where it stands.
//!
//! In: what the parser built. Out: nodes and questions about them. A plain scalar is kept as it was written and read as
//! what its key takes, so that `012` stays `012` where a text is asked for. Always: the tree is at most
//! [`DEEPEST`] levels deep, so recursion over it is bounded.

use crate::base::Span;

/// How deep maps and lists may nest, aliases included.
pub(super) const DEEPEST: usize = 64;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) value: Value,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// A scalar.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A map; its keys are unique.
    Map(Vec<Entry>),
    /// Something that was refused and reported while the tree was built. Nothing more is said about it.
    Refused,
}

/// A scalar as written, escapes resolved.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// Whether it stands without quotes, so that it may be more than text.
    pub(super) plain: bool,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) value: Node,
}

impl Node {
    /// Whether nothing is written, or `null`.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.is_null())
    }

    /// The scalar, if it is one that says something.
    pub(super) fn scalar(&self) -> Option<&Scalar> {
        match &self.value {
            Value::Scalar(scalar) if !scalar.is_null() => Some(scalar),
            _ => None,
        }
    }

    /// What it is, as messages name it.
    pub(super) fn found(&self) -> &'static str {
        match &self.value {
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Scalar(scalar) if scalar.is_null() => "nothing",
            Value::Scalar(scalar) if scalar.boolean().is_some() => "a boolean",
            Value::Scalar(scalar) if scalar.is_number() => "a number",
            Value::Scalar(_) => "a text",
            Value::Refused => "something unreadable",
        }
    }

    /// How many nodes it consists of, and how deep they nest.
    pub(super) fn size(&self) -> (usize, usize) {
        let of_all = |sizes: &mut dyn Iterator<Item = (usize, usize)>| {
            sizes.fold((1, 1), |(count, depth), (more, deep)| (count + more, depth.max(deep + 1)))
        };
        match &self.value {
            Value::Scalar(_) | Value::Refused => (1, 1),
            Value::List(items) => of_all(&mut items.iter().map(Self::size)),
            Value::Map(entries) => of_all(&mut entries.iter().map(|entry| entry.value.size())),
        }
    }
}

impl Scalar {
    fn is_null(&self) -> bool {
        self.plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// The boolean of YAML 1.2's core schema; `yes` and `off` are texts.
    pub(super) fn boolean(&self) -> Option<bool> {
        match self.text.as_str() {
            _ if !self.plain => None,
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    /// The whole number that it says; none for fractions, signs before nothing and numbers beyond 64 bits.
    pub(super) fn whole(&self) -> Option<i64> {
        if self.plain { self.text.parse().ok() } else { None }
    }

    fn is_number(&self) -> bool {
        self.plain && self.text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) && {
            self.text.parse::<f64>().is_ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Scalar {
        Scalar { text: text.to_owned(), plain: true }
    }

    #[test]
    fn scalars_are_read_strictly() {
        assert_eq!(plain("true").boolean(), Some(true));
        for text in ["yes", "on", "y", "tRUE", "1"] {
            assert_eq!(plain(text).boolean(), None, "{text}");
        }
        assert_eq!(plain("012").whole(), Some(12));
        assert_eq!(plain("1.0").whole(), None);
        assert_eq!(Scalar { plain: false, ..plain("1") }.whole(), None);
        assert!(plain("~").is_null() && !plain("nil").is_null());
        assert!(plain("-1.5e3").is_number() && !plain("nan").is_number() && !plain("+02:00").is_number());
    }
}
