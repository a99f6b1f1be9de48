//! What must hold of a plan.

use super::{Doc, Number};
use crate::base::{Name, Span, Spanned};

/// `guard audience { drops <= 5% size between 1000 and 50000 }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// Doc comment lines before it.
    pub docs: Vec<Doc>,
    /// The audience.
    pub audience: Spanned<Name>,
    /// Its limits in the order written.
    pub limits: Vec<Spanned<Limit>>,
    /// The whole item.
    pub span: Span,
}

/// `drops <= 5%`.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// What is measured.
    pub measure: Spanned<Measure>,
    /// How it is bounded.
    pub bound: Bound,
    /// Whether `%` was written.
    pub percent: bool,
}

/// What a guard measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// How many people enter.
    Adds,
    /// How many people leave.
    Drops,
    /// How many people are in after the plan.
    Size,
}

/// How a number is bounded.
#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    /// `<= 5`: one of `=`, `<`, `<=`, `>`, `>=`.
    Compare(Spanned<super::Operator>, Spanned<Number>),
    /// `between 1000 and 50000`.
    Between(Spanned<Number>, Spanned<Number>),
}

/// `assert …`.
#[derive(Clone, Debug, PartialEq)]
pub struct Assert {
    /// Doc comment lines before it.
    pub docs: Vec<Doc>,
    /// What must hold.
    pub claim: Claim,
    /// The whole item.
    pub span: Span,
}

/// What must hold between memberships.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// `disjoint(a, b)`.
    Disjoint(Vec<Spanned<Name>>),
    /// `a inside b`.
    Inside(Spanned<Name>, Spanned<Name>),
}
