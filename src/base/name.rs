//! Checked identifiers: the names of code, as opposed to the names of data (which are any string).
//!
//! Invariant: a [`Name`] matches `[A-Za-z_][A-Za-z0-9_]*`. The aliases say what a name is the name of.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// An identifier of the language: `[A-Za-z_][A-Za-z0-9_]*`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Arc<str>);

/// The address of an audience, criterion or calculated attribute: unique in a project, stable, what code refers to.
pub type Address = Name;
/// The name of a workspace.
pub type WorkspaceName = Name;
/// The name of a configured output.
pub type OutputName = Name;

/// An input with its workspace, written `shop.ios`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct InputName {
    /// The workspace that the input belongs to.
    pub workspace: WorkspaceName,
    /// The input's own name, unique in its workspace.
    pub input: Name,
}

/// A text that is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an identifier: letters, digits and `_`, not starting with a digit")]
pub struct NotAName(pub String);

impl Name {
    /// Checks a text and makes it a name.
    pub fn new(text: &str) -> Result<Self, NotAName> {
        let mut chars = text.chars();
        let starts = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        if starts && chars.all(|c| c.is_ascii_alphanumeric() || c == '_') {
            Ok(Self(text.into()))
        } else {
            Err(NotAName(text.to_owned()))
        }
    }

    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl FromStr for Name {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl TryFrom<String> for Name {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0.as_ref().to_owned()
    }
}

impl fmt::Display for InputName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.workspace, self.input)
    }
}

impl fmt::Debug for InputName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for InputName {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (workspace, input) = text.split_once('.').ok_or_else(|| NotAName(text.clone()))?;
        Ok(Self { workspace: Name::new(workspace)?, input: Name::new(input)? })
    }
}

impl From<InputName> for String {
    fn from(name: InputName) -> Self {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        for good in ["a", "_", "vip_2", "Wide"] {
            assert!(Name::new(good).is_ok(), "{good}");
        }
        for bad in ["", "2vip", "a-b", "é", "a b", "a.b"] {
            assert!(Name::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn inputs_carry_their_workspace() {
        let input = InputName::try_from("shop.ios".to_owned()).unwrap();
        assert_eq!(input.to_string(), "shop.ios");
        assert!(InputName::try_from("ios".to_owned()).is_err());
    }
}
