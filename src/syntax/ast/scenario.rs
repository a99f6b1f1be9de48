//! Tests (section 7 of the language), as written.

use super::{Doc, InputRef, Literal, Quantity, What};
use crate::base::{Moment, Name, Span, Spanned};
use crate::catalog::InstallEdge;

/// `test "title" { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// Doc comment lines before it.
    pub docs: Vec<Doc>,
    /// Its title.
    pub title: Spanned<String>,
    /// What it says, in the order written.
    pub entries: Vec<Spanned<Entry>>,
    /// The whole item.
    pub span: Span,
}

/// One entry of a test.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// `now 2026-03-01T12:00:00Z`.
    Now(Spanned<Moment>),
    /// `user ann { … }`, `user bob from ann { … }`.
    User(User),
    /// `expect …`.
    Expect(Expect),
    /// `at 2026-03-08T12:00:00Z { … }`, `at +7 days { … }`.
    At(At),
}

/// A user of a test.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Its name.
    pub name: Spanned<Name>,
    /// The user that it starts from.
    pub from: Option<Spanned<Name>>,
    /// What is known of it.
    pub facts: Vec<Spanned<Fact>>,
}

/// A step: time passes, things happen, expectations hold.
#[derive(Clone, Debug, PartialEq)]
pub struct At {
    /// When.
    pub when: Spanned<When>,
    /// What happens and is expected, in the order written.
    pub entries: Vec<Spanned<StepEntry>>,
}

/// When a step is.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// At an instant.
    Instant(Moment),
    /// So long after the step before.
    Later(Quantity),
}

/// One entry of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum StepEntry {
    /// `ann does event "App Open" at 1 hour ago`; `ann has attribute "lifetime_value" 950`; `ann has no attribute "vip"`.
    Fact {
        /// The user.
        user: Spanned<Name>,
        /// What happens.
        fact: Spanned<Fact>,
    },
    /// `expect …`.
    Expect(Expect),
}

/// Something that is so, or that happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// `mpid -7`.
    Mpid(Spanned<i64>),
    /// `first seen 2025-01-01`.
    FirstSeen(Spanned<Time>),
    /// `identity email "ann@example.com"`.
    Identity(Spanned<Name>, Spanned<String>),
    /// `attribute "lifetime_value" 900`.
    Attribute(Spanned<String>, Spanned<Value>),
    /// `no attribute "vip"`.
    NoAttribute(Spanned<String>),
    /// `calculated "ltv_90d" 100`.
    Calculated(Spanned<String>, Spanned<Value>),
    /// `consent gdpr "marketing" granted` (true) or `rejected`.
    Consent(Spanned<Name>, Spanned<String>, Spanned<bool>),
    /// `device os "iOS"`.
    Device(Spanned<Name>, Spanned<String>),
    /// `location 48.85, 2.35`, `location city "Paris"`, `location { city "Paris" country "FR" }`.
    Location {
        /// Degrees north and east.
        point: Option<(Spanned<super::Number>, Spanned<super::Number>)>,
        /// Other fields, as written.
        fields: Vec<(Spanned<Name>, Spanned<String>)>,
        /// When it was known; left out, at the test's `now`.
        at: Option<Spanned<Time>>,
    },
    /// `attribution install { "publisher" "FB" }`.
    Attribution(Spanned<InstallEdge>, Vec<Pair>),
    /// An event.
    Event(Box<Happening>),
}

/// `"price" 60`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The name.
    pub name: Spanned<String>,
    /// The value.
    pub value: Spanned<Value>,
}

/// A value in a test.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text or number.
    Literal(Literal),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`.
    Null,
    /// `["a", "b"]`.
    List(Vec<Spanned<Literal>>),
}

/// `event "Purchase" { … } product { … } 3 times in shop.web id "e1" at 5 days ago`.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// Which event.
    pub what: Spanned<What>,
    /// Its custom type, as written.
    pub event_type: Option<Spanned<Name>>,
    /// Its attributes.
    pub attributes: Vec<Pair>,
    /// Its products.
    pub products: Vec<Vec<Pair>>,
    /// How many times; left out, once.
    pub times: Option<Spanned<u64>>,
    /// The input.
    pub input: Option<Spanned<InputRef>>,
    /// Its event id.
    pub id: Option<Spanned<String>>,
    /// When; left out, at `now`.
    pub at: Option<Spanned<Time>>,
}

/// When something was.
#[derive(Clone, Debug, PartialEq)]
pub enum Time {
    /// At an instant; a date is its midnight.
    Moment(Moment),
    /// `5 days ago`.
    Ago(Quantity),
}

/// `expect …`.
#[derive(Clone, Debug, PartialEq)]
pub enum Expect {
    /// `ann in lapsed_spenders`, `ann not in lapsed_spenders / push`.
    Member {
        /// The user.
        user: Spanned<Name>,
        /// Whether `not` was written.
        negated: bool,
        /// The audience.
        audience: Spanned<Name>,
        /// The variant.
        variant: Option<Spanned<Name>>,
    },
    /// `members of lapsed_spenders are [ann]`.
    Members {
        /// The audience.
        audience: Spanned<Name>,
        /// The variant.
        variant: Option<Spanned<Name>>,
        /// Exactly these.
        users: Vec<Spanned<Name>>,
    },
}
