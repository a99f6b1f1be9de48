//! Boolean structure and the kinds of criterion.

use super::{Count, InputRef, Test, TimeFilter};
use crate::base::{Name, Spanned};

/// `and` or `or`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joiner {
    /// All must hold.
    And,
    /// Any may hold.
    Or,
}

/// Terms joined by one joiner, then what is taken away. Mixed joiners are reported by the parser; the tree then holds
/// the grouping in which `and` binds tighter.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// How the terms are joined; `None` where there are fewer than two.
    pub joiner: Option<Joiner>,
    /// The terms; empty in a group of exclusions only.
    pub terms: Vec<Spanned<Criterion>>,
    /// One criterion or group after each `exclude`.
    pub excludes: Vec<Spanned<Criterion>>,
}

/// One criterion, or something built of several.
#[derive(Clone, Debug, PartialEq)]
pub enum Criterion {
    /// `( … )`.
    Group(Group),
    /// `not …`.
    Not(Box<Spanned<Criterion>>),
    /// `label: …`, before one criterion or one group, after any `not`.
    Labelled {
        /// The label.
        label: Spanned<Name>,
        /// What it names.
        of: Box<Spanned<Criterion>>,
    },
    /// `everyone`.
    Everyone,
    /// `audience x`.
    Audience(Spanned<Name>),
    /// `criterion x`.
    Named(Spanned<Name>),
    /// `user "a" …` or `user list "a" …`.
    UserAttribute {
        /// Whether `list` was written.
        list: bool,
        /// The attribute.
        attribute: Spanned<String>,
        /// What it must be.
        test: Spanned<Test>,
        /// `in shop, travel`.
        scope: Vec<Spanned<InputRef>>,
    },
    /// `first seen …` or `last seen …`.
    Seen {
        /// `first` (true) or `last`.
        first: bool,
        /// When.
        time: Spanned<TimeFilter>,
        /// `in shop, travel`.
        scope: Vec<Spanned<InputRef>>,
    },
    /// `identity email exists` and string tests.
    Identity {
        /// The identity type, as written.
        identity: Spanned<Name>,
        /// What it must be.
        test: Spanned<Test>,
        /// `in shop, travel`.
        scope: Vec<Spanned<InputRef>>,
    },
    /// `event "Name" …`.
    Event(Box<EventTest>),
}

/// `event "Name" [type navigation] [where …] [count] [time] [in …]`.
#[derive(Clone, Debug, PartialEq)]
pub struct EventTest {
    /// The event's name.
    pub name: Spanned<String>,
    /// Its custom type, as written.
    pub event_type: Option<Spanned<Name>>,
    /// What its attributes must be.
    pub filter: Option<Spanned<Condition>>,
    /// How often; left out, at least once.
    pub count: Option<Spanned<Count>>,
    /// When; left out, any time inside the retention.
    pub time: Option<Spanned<TimeFilter>>,
    /// `in shop.web`.
    pub scope: Vec<Spanned<InputRef>>,
}

/// A condition over the attributes of one event.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// `( … )`.
    Group(ConditionGroup),
    /// `not …`.
    Not(Box<Spanned<Condition>>),
    /// `"price" > 20`, `product "price" > 20`.
    Attribute {
        /// `product` or `action`, as written.
        qualifier: Option<Spanned<Name>>,
        /// The attribute.
        attribute: Spanned<String>,
        /// What it must be.
        test: Spanned<Test>,
    },
}

/// Conditions joined by one joiner.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionGroup {
    /// How the terms are joined; `None` where there is one.
    pub joiner: Option<Joiner>,
    /// The terms; at least one.
    pub terms: Vec<Spanned<Condition>>,
}
