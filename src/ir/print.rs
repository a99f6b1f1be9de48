//! Definitions as text in the language: how a plan shows a criterion that no file holds any more.
//!
//! In: any criterion or condition. Out: text that parses back to a criterion of the same normal form, given the same
//! workspaces and inputs. [`Audience::criterion_text`] writes `in` where a criterion reads less than its audience; a
//! criterion shown by itself knows no audience and writes none.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Write};

use super::audience::Audience;
use super::criterion::{Count, Criterion, EventTest, Kind, SeenEdge};
use super::predicate::{Condition, Float, Predicate};

/// A string as the language writes it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Audience {
    /// The criterion as it could stand in `match`, with `in` where it reads less than the audience.
    pub fn criterion_text(&self) -> String {
        let mut text = String::new();
        let mut writer = Writer { to: &mut text, home: Some(self) };
        // Writing to a string cannot fail.
        writer.criterion(&self.criterion).unwrap_or_default();
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
            Kind::Event(event) => {
                self.event(event, negated)?;
                self.scope(&event.inputs, home.map(|home| &home.inputs))
            }
        }
    }

    fn event(&mut self, event: &EventTest, negated: bool) -> fmt::Result {
        write!(self.to, "{}", event.event)?;
        if let Some(event_type) = event.event_type {
            write!(self.to, " type {}", event_type.name())?;
        }
        if let Some(filter) = &event.filter {
            let single = is_single(filter);
            self.to.write_str(if single { " where " } else { " where (" })?;
            self.condition(filter)?;
            self.to.write_str(if single { "" } else { ")" })?;
        }
        let complement = Count { least: 0, most: Some(event.count.least.saturating_sub(1)) };
        let count = if negated { complement } else { event.count };
        if count != Count::ONCE {
            write!(self.to, " {count}")?;
        }
        event.time.iter().try_for_each(|time| write!(self.to, " {time}"))
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

    /// A condition where nothing but parentheses stands around it.
    fn condition(&mut self, condition: &Condition) -> fmt::Result {
        let (inner, joiner) = match condition {
            Condition::All(inner) => (inner, " and "),
            Condition::Any(inner) => (inner, " or "),
            other => return self.condition_term(other),
        };
        for (at, each) in inner.iter().enumerate() {
            self.to.write_str(if at > 0 { joiner } else { "" })?;
            self.condition_term(each)?;
        }
        Ok(())
    }

    fn condition_term(&mut self, condition: &Condition) -> fmt::Result {
        match condition {
            Condition::All(_) | Condition::Any(_) => {
                self.to.write_str("(")?;
                self.condition(condition)?;
                self.to.write_str(")")
            }
            Condition::Attribute { attribute, predicate } => {
                write!(self.to, "{} ", quoted(attribute))?;
                self.predicate(predicate, false)
            }
            Condition::Not(inner) => match &**inner {
                Condition::Attribute { attribute, predicate } if predicate.has_negative() => {
                    write!(self.to, "{} ", quoted(attribute))?;
                    self.predicate(predicate, true)
                }
                Condition::Not(_) => {
                    self.to.write_str("not (")?;
                    self.condition(inner)?;
                    self.to.write_str(")")
                }
                inner => {
                    self.to.write_str("not ")?;
                    self.condition_term(inner)
                }
            },
        }
    }

    fn predicate(&mut self, predicate: &Predicate, negated: bool) -> fmt::Result {
        let either = |positive: &'static str, negative: &'static str| if negated { negative } else { positive };
        let to = &mut *self.to;
        match predicate {
            Predicate::Exists => to.write_str(either("exists", "does not exist")),
            Predicate::Empty => to.write_str(either("is empty", "is not empty")),
            Predicate::Is(text) => write!(to, "{} {}", either("is", "is not"), quoted(text)),
            Predicate::IsIn(texts) => {
                let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
                write!(to, "{} [{}]", either("is in", "is not in"), texts.join(", "))
            }
            Predicate::Contains(text) => write!(to, "{} {}", either("contains", "does not contain"), quoted(text)),
            Predicate::StartsWith(text) => {
                write!(to, "{} {}", either("starts with", "does not start with"), quoted(text))
            }
            Predicate::EndsWith(text) => write!(to, "{} {}", either("ends with", "does not end with"), quoted(text)),
            Predicate::Matches(text) => write!(to, "{} {}", either("matches", "does not match"), quoted(text)),
            Predicate::Equal(number) => write!(to, "{} {number}", either("=", "!=")),
            Predicate::OneOf(numbers) => {
                let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
                write!(to, "{} [{}]", either("is in", "is not in"), numbers.join(", "))
            }
            Predicate::Less(number) => write!(to, "< {number}"),
            Predicate::AtMost(number) => write!(to, "<= {number}"),
            Predicate::Greater(number) => write!(to, "> {number}"),
            Predicate::AtLeast(number) => write!(to, ">= {number}"),
            Predicate::Between(low, high) => write!(to, "between {low} and {high}"),
            Predicate::Boolean(value) => write!(to, "is {value}"),
            Predicate::Time(time) => write!(to, "{time}"),
            Predicate::Includes(text) => write!(to, "{} {}", either("includes", "does not include"), quoted(text)),
            Predicate::PartiallyMatches(text) => {
                write!(to, "{} {}", either("partially matches", "does not partially match"), quoted(text))
            }
        }
    }
}

/// Whether the language has a negative operator that writes the complement of a criterion.
fn has_negative(criterion: &Criterion) -> bool {
    let kind = match &criterion.kind {
        Kind::UserAttribute { predicate, .. } | Kind::Identity { predicate, .. } => predicate.has_negative(),
        Kind::Event(event) => event.count.most.is_none() && event.count.least > 0,
        _ => false,
    };
    kind && criterion.label.is_none()
}

/// Whether a condition stands after `where` without parentheses.
fn is_single(condition: &Condition) -> bool {
    match condition {
        Condition::Attribute { predicate, .. } => !matches!(predicate, Predicate::Time(_)),
        Condition::Not(inner) => {
            matches!(&**inner, Condition::Attribute { predicate, .. } if predicate.has_negative())
        }
        Condition::All(_) | Condition::Any(_) => false,
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
