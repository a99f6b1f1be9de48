//! The tree of one `.aud` file, as written: no name is resolved, no type is known, no default applied.
//!
//! Invariants: every node carries its span; items, fields and terms stand in the order written, duplicates included;
//! spellings that the formatter must keep (units of time, `workspace` or `workspaces`) are kept.

mod audience;
mod criterion;
mod events;
mod filter;
mod guard;
mod same;
mod same_scenario;
pub mod scenario;
mod time;

use crate::base::{Name, Span, Spanned};

pub use audience::{
    Access, Audience, Connect, Defaults, Field, InputRef, Match, Setting, SettingValue, Split, Standard, Status,
    Variant,
};
pub use criterion::{Condition, ConditionGroup, ConsentState, Criterion, Distance, DistanceUnit, Group, Joiner, Place};
pub use events::{Abandoned, Aggregate, Calculated, EventTest, Events, Picked, Sequence, Step, What};
pub use filter::{Count, Literal, Number, Operator, Test};
pub use guard::{Assert, Bound, Claim, Guard, Limit, Measure};
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
    /// `calculated name = …`.
    Calculated(Box<NamedCalculation>),
    /// `bulk connect output { … }`.
    BulkConnect(BulkConnect),
    /// `guard audience { … }`.
    Guard(Guard),
    /// `assert …`.
    Assert(Assert),
    /// `test "title" { … }`.
    Test(scenario::Test),
}

/// `calculated name = sum of …`, used as `calculated "name"`.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedCalculation {
    /// Doc comment lines before it.
    pub docs: Vec<Doc>,
    /// Its address.
    pub address: Spanned<Name>,
    /// How it is calculated.
    pub value: Calculated,
    /// The whole item.
    pub span: Span,
}

/// `bulk connect output { tags "Newsletter" }`: connects every audience that carries all the tags.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkConnect {
    /// Doc comment lines before it.
    pub docs: Vec<Doc>,
    /// The tags.
    pub tags: Vec<Spanned<String>>,
    /// The output and what the connections have.
    pub connect: Connect,
    /// The whole item.
    pub span: Span,
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
            Self::Calculated(item) => item.span,
            Self::BulkConnect(item) => item.span,
            Self::Guard(item) => item.span,
            Self::Assert(item) => item.span,
            Self::Test(item) => item.span,
        }
    }
}
