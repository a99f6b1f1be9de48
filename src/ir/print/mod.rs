//! Definitions as text in the language: how a plan shows a criterion that no file holds any more.
//!
//! In: any criterion or condition. Out: text that parses back to a criterion of the same normal form, given the same
//! workspaces and inputs. [`Audience::criterion_text`] writes `in` where a criterion reads less than its audience; a
//! criterion shown by itself knows no audience and writes none.

mod condition;
mod definition;
mod events;

use std::collections::BTreeSet;
use std::fmt::{self, Display, Write};

use super::audience::Audience;
use super::criterion::{Count, Criterion, Kind, SeenEdge};
use super::predicate::{Condition, Float, Predicate};
use crate::base::{InputName, WorkspaceName};
use crate::catalog::{ProfileField, Regulation};

/// A string as the language writes it.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Audience {
    /// The criterion as it could stand in `match`, with `in` where it reads less than the audience.
    pub fn criterion_text(&self) -> String {
        self.text_of(&self.criterion)
    }

    /// A criterion of this audience as it could stand in `match`, with `in` where it reads less than the audience.
    pub fn text_of(&self, criterion: &Criterion) -> String {
        let mut text = String::new();
        let mut writer = Writer { to: &mut text, home: Some(self) };
        // Writing to a string cannot fail.
        writer.criterion(criterion).unwrap_or_default();
        text
    }
}

impl Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Writer { to: f, home: None }.criterion(self)
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Writer { to: f, home: None }.condition(self)
    }
}

struct Writer<'w> {
    to: &'w mut dyn Write,
    home: Option<&'w Audience>,
}

impl Writer<'_> {
    /// A criterion where nothing stands around it: groups need no parentheses.
    fn criterion(&mut self, criterion: &Criterion) -> fmt::Result {
        match (&criterion.label, &criterion.kind) {
            (None, Kind::All(inner)) => self.joined(inner, " and "),
            (None, Kind::Any(inner)) => self.joined(inner, " or "),
            _ => self.term(criterion),
        }
    }

    fn joined(&mut self, inner: &[Criterion], joiner: &str) -> fmt::Result {
        for (at, each) in inner.iter().enumerate() {
            self.to.write_str(if at > 0 { joiner } else { "" })?;
            self.term(each)?;
        }
        Ok(())
    }

    /// A criterion inside a group, or after a label or `not`.
    fn term(&mut self, criterion: &Criterion) -> fmt::Result {
        if let Some(label) = &criterion.label {
            write!(self.to, "{label}: ")?;
        }
        match &criterion.kind {
            Kind::All(_) | Kind::Any(_) => self.parentheses(&criterion.kind),
            Kind::Not(inner) if has_negative(inner) => self.leaf(&inner.kind, true),
            // A label stands after `not`, so that a labelled negation is a group.
            Kind::Not(_) if criterion.label.is_some() => self.parentheses(&criterion.kind),
            Kind::Not(inner) => self.not(inner),
            leaf if criterion.label.is_some() && starts_with_not(leaf) => self.parentheses(leaf),
            leaf => self.leaf(leaf, false),
        }
    }

    fn not(&mut self, inner: &Criterion) -> fmt::Result {
        self.to.write_str("not ")?;
        match &inner.kind {
            Kind::Not(_) if inner.label.is_none() => self.parentheses(&inner.kind),
            _ => self.term(inner),
        }
    }

    fn parentheses(&mut self, kind: &Kind) -> fmt::Result {
        self.to.write_str("(")?;
        match kind {
            Kind::All(inner) => self.joined(inner, " and ")?,
            Kind::Any(inner) => self.joined(inner, " or ")?,
            Kind::Not(inner) if has_negative(inner) => self.leaf(&inner.kind, true)?,
            Kind::Not(inner) => self.not(inner)?,
            leaf => self.leaf(leaf, false)?,
        }
        self.to.write_str(")")
    }

    /// One criterion, or its complement by a negative operator.
    fn leaf(&mut self, kind: &Kind, negated: bool) -> fmt::Result {
        let home = self.home;
        match kind {
            Kind::All(_) | Kind::Any(_) | Kind::Not(_) => self.parentheses(kind),
            Kind::Everyone => self.to.write_str("everyone"),
            Kind::Member(address) => write!(self.to, "audience {address}"),
            Kind::UserAttribute { attribute, list, predicate, workspaces } => {
                write!(self.to, "user {}{} ", if *list { "list " } else { "" }, quoted(attribute))?;
                self.predicate(predicate, negated)?;
                self.scope(workspaces, home.map(|home| &home.workspaces))
            }
            Kind::Seen { edge, time, workspaces } => {
                let edge = if *edge == SeenEdge::First { "first" } else { "last" };
                write!(self.to, "{edge} seen {time}")?;
                self.scope(workspaces, home.map(|home| &home.workspaces))
            }
            Kind::Identity { identity, predicate, workspaces } => {
                write!(self.to, "identity {identity} ")?;
                self.predicate(predicate, negated)?;
                self.scope(workspaces, home.map(|home| &home.workspaces))
            }
            Kind::Profile { field, predicate, workspaces } => {
                self.field(field, predicate, negated)?;
                self.scope(workspaces, home.map(|home| &home.workspaces))
            }
            Kind::Near { latitude, longitude, metres, workspaces } => {
                write!(self.to, "location within {} km of {latitude}, {longitude}", kilometres(*metres))?;
                self.scope(workspaces, home.map(|home| &home.workspaces))
            }
            Kind::Attribution { edge, filter, workspaces } => {
                write!(self.to, "attribution {edge}")?;
                self.filter(filter.as_ref())?;
                self.scope(workspaces, home.map(|home| &home.workspaces))
            }
            Kind::Event(test) => self.event(test, negated),
            Kind::Picked(test) => self.picked(test),
            Kind::Sequence(sequence) => self.sequence(sequence),
            Kind::Abandoned(test) => self.abandoned(test),
            Kind::Aggregate(test) => self.aggregate(test, negated),
        }
    }

    fn field(&mut self, field: &ProfileField, predicate: &Predicate, negated: bool) -> fmt::Result {
        match field {
            ProfileField::Consent(regulation, purpose) => {
                return self.consent(*regulation, purpose, predicate, negated);
            }
            ProfileField::Calculated(name) => write!(self.to, "calculated {} ", quoted(name))?,
            ProfileField::Device(field) => write!(self.to, "device {field} ")?,
            ProfileField::Location(field) => write!(self.to, "location {field} ")?,
            ProfileField::Attribute(name) => write!(self.to, "user {} ", quoted(name))?,
            ProfileField::Attribution(edge, _) => write!(self.to, "attribution {edge} ")?,
        }
        self.predicate(predicate, negated)
    }

    fn consent(&mut self, regulation: Regulation, purpose: &str, predicate: &Predicate, negated: bool) -> fmt::Result {
        let state = match (predicate, negated) {
            (Predicate::Boolean(true), _) => "granted",
            (Predicate::Boolean(false), _) => "rejected",
            _ => "not present",
        };
        // The language asks whether consent is there by denying that it is not.
        if *predicate == Predicate::Exists && !negated {
            self.to.write_str("not ")?;
        }
        write!(self.to, "consent {regulation} {} is {state}", quoted(purpose))
    }

    /// `in` of a criterion about events, where it reads less than the audience.
    fn inputs(&mut self, inputs: &BTreeSet<InputName>, by_workspace: bool) -> fmt::Result {
        let Some(home) = self.home else { return Ok(()) };
        if by_workspace {
            let workspaces: BTreeSet<WorkspaceName> = inputs.iter().map(|input| input.workspace.clone()).collect();
            return self.scope(&workspaces, Some(&home.workspaces));
        }
        self.scope(inputs, Some(&home.inputs))
    }

    fn scope<T: Display + Ord>(&mut self, read: &BTreeSet<T>, home: Option<&BTreeSet<T>>) -> fmt::Result {
        if home.is_none_or(|home| home == read) {
            return Ok(());
        }
        for (at, name) in read.iter().enumerate() {
            write!(self.to, "{}{name}", if at == 0 { " in " } else { ", " })?;
        }
        Ok(())
    }
}

/// Whether the language has a negative operator that writes the complement of a criterion.
fn has_negative(criterion: &Criterion) -> bool {
    let kind = match &criterion.kind {
        Kind::UserAttribute { predicate, .. } | Kind::Identity { predicate, .. } => predicate.has_negative(),
        Kind::Profile { field: ProfileField::Consent(..), predicate, .. } => *predicate == Predicate::Exists,
        Kind::Profile { predicate, .. } => predicate.has_negative(),
        Kind::Aggregate(test) => test.predicate.has_negative(),
        Kind::Event(event) => event.count.most.is_none() && event.count.least > 0,
        _ => false,
    };
    kind && criterion.label.is_none()
}

/// Whether a criterion that is no negation is written as one all the same.
fn starts_with_not(kind: &Kind) -> bool {
    matches!(kind, Kind::Profile { field: ProfileField::Consent(..), predicate: Predicate::Exists, .. })
}

/// Metres in kilometres, as a number that is read back as the same metres.
fn kilometres(metres: Float) -> String {
    let kilometres = metres.get() / 1000.0;
    match format!("{kilometres}e3").parse() == Ok(metres.get()) {
        true => kilometres.to_string(),
        false => format!("{metres}e-3"),
    }
}

impl Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = |count: u64| if count == 1 { "time" } else { "times" };
        match (self.least, self.most) {
            (0, Some(0)) => f.write_str("never"),
            (least, None) => write!(f, "at least {least} {}", times(least)),
            (0, Some(most)) => write!(f, "at most {most} {}", times(most)),
            (least, Some(most)) if least == most => write!(f, "exactly {least} {}", times(least)),
            (least, Some(most)) => write!(f, "between {least} and {most} times"),
        }
    }
}

impl Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.get())
    }
}
