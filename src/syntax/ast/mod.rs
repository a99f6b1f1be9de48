//! The tree of one `.aud` file, as written: no name is resolved, no type is known, no default applied.
//!
//! Invariants: every node carries its span; items, fields and terms stand in the order written, duplicates included;
//! spellings that the formatter must keep (units of time, `workspace` or `workspaces`) are kept.

mod audience;
mod criterion;
mod filter;
mod same;
mod time;

use crate::base::{Name, Span, Spanned};

pub use audience::{
    Access, Audience, Connect, Defaults, Field, InputRef, Match, Setting, SettingValue, Split, Status, Variant,
};
pub use criterion::{Condition, ConditionGroup, Criterion, EventTest, Group, Joiner};
pub use filter::{Count, Literal, Number, Operator, Test};
pub use same::Same;
pub use time::{Quantity, TimeFilter, Unit};

/// One file.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// `version N`; `None` where it is missing or unreadable.
    pub version: Option<Spanned<u64>>,
    /// The items in the order written; what could not be read is left out and stands in the diagnostics.
    pub items: Vec<Item>,
}

/// A doc comment (`##`) line without its marker.
pub type Doc = Spanned<String>;

/// One item of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `defaults { … }`.
    Defaults(Defaults),
    /// `audience address "Name" { … }`.
    Audience(Audience),
    /// `criterion name = …`.
    Criterion(Box<NamedCriterion>),
    /// `moved old to new`.
    Moved(Moved),
}

/// `criterion name = …`, used as `criterion name`.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedCriterion {
    /// Doc comment lines before it.
    pub docs: Vec<Doc>,
    /// Its address.
    pub address: Spanned<Name>,
    /// What it stands for.
    pub criterion: Spanned<Criterion>,
    /// The whole item.
    pub span: Span,
}

/// `moved old to new`: the same audience under a new address.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The address it had.
    pub from: Spanned<Name>,
    /// The address it has.
    pub to: Spanned<Name>,
    /// The whole item.
    pub span: Span,
}

impl Item {
    /// The whole item, doc comments apart.
    pub fn span(&self) -> Span {
        match self {
            Self::Defaults(item) => item.span,
            Self::Audience(item) => item.span,
            Self::Criterion(item) => item.span,
            Self::Moved(item) => item.span,
        }
    }
}
