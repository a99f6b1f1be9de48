//! JSON documents, read so that whatever is wrong is named by its place.
//!
//! In: a file, or a value. Out: a [`Place`], which knows the way from the root to itself, or a [`Wrong`] with that way.

use std::path::Path;

use serde_json::Value;

use super::error::{WorkloadError, Wrong};
use crate::system::System;

/// The document of a file.
pub(super) fn read(system: &dyn System, file: &Path) -> Result<Value, WorkloadError> {
    let bytes = system.read(file)?;
    serde_json::from_slice(&bytes).map_err(|cause| WorkloadError::NotJson { file: file.to_owned(), cause })
}

/// A value and the way to it.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Place<'a> {
    /// The whole document.
    pub(super) fn root(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    /// What is wrong here.
    pub(super) fn wrong(&self, what: impl Into<String>) -> Wrong {
        Wrong { path: self.path.clone(), what: what.into() }
    }

    /// A field that must be there.
    pub(super) fn field(&self, name: &str) -> Result<Self, Wrong> {
        self.optional(name)?.ok_or_else(|| self.wrong(format!("the field `{name}` is missing")))
    }

    /// A field that may be left out.
    pub(super) fn optional(&self, name: &str) -> Result<Option<Self>, Wrong> {
        let object = self.value.as_object().ok_or_else(|| self.wrong("expected an object"))?;
        let separator = if self.path.is_empty() { "" } else { "." };
        Ok(object.get(name).map(|value| Self { value, path: format!("{}{separator}{name}", self.path) }))
    }

    /// The entries of an object, in the order of their names.
    pub(super) fn entries(&self) -> Result<Vec<(&'a str, Self)>, Wrong> {
        let object = self.value.as_object().ok_or_else(|| self.wrong("expected an object"))?;
        let place = |name: &str, value| Self { value, path: format!("{}.{name}", self.path) };
        Ok(object.iter().map(|(name, value)| (name.as_str(), place(name, value))).collect())
    }

    /// The items of an array.
    pub(super) fn items(&self) -> Result<Vec<Self>, Wrong> {
        let items = self.value.as_array().ok_or_else(|| self.wrong("expected an array"))?;
        let item = |(at, value)| Self { value, path: format!("{}[{at}]", self.path) };
        Ok(items.iter().enumerate().map(item).collect())
    }

    /// The two items of a pair.
    pub(super) fn pair(&self) -> Result<[Self; 2], Wrong> {
        self.items()?.try_into().map_err(|_| self.wrong("expected an array of two"))
    }

    /// The text.
    pub(super) fn text(&self) -> Result<&'a str, Wrong> {
        self.value.as_str().ok_or_else(|| self.wrong("expected a text"))
    }

    /// The whole number, zero or more.
    pub(super) fn whole(&self) -> Result<u64, Wrong> {
        self.value.as_u64().ok_or_else(|| self.wrong("expected a whole number, zero or more"))
    }

    /// The whole number.
    pub(super) fn signed(&self) -> Result<i64, Wrong> {
        self.value.as_i64().ok_or_else(|| self.wrong("expected a whole number"))
    }

    /// The number.
    pub(super) fn number(&self) -> Result<f64, Wrong> {
        self.value.as_f64().ok_or_else(|| self.wrong("expected a number"))
    }

    /// The truth value.
    pub(super) fn boolean(&self) -> Result<bool, Wrong> {
        self.value.as_bool().ok_or_else(|| self.wrong("expected `true` or `false`"))
    }

    /// The value itself.
    pub(super) fn value(&self) -> &'a Value {
        self.value
    }
}
