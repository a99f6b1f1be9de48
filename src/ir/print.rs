//! Definitions as text in the language: how a plan shows a criterion that no file holds any more.
//!
//! In: any criterion or condition. Out: text that parses back to a criterion of the same normal form, given the same
//! workspaces and inputs (scopes are not written).

use std::fmt;

use super::criterion::{Count, Criterion, EventTest, Kind, SeenEdge};
use super::predicate::{Condition, Float, Predicate};

/// A string as the language writes it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_criterion(f, self, false)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_condition(f, self, false)
    }
}

fn write_criterion(f: &mut fmt::Formatter<'_>, criterion: &Criterion, negated: bool) -> fmt::Result {
    if let Kind::Not(inner) = &criterion.kind {
        if !negated && inner.label.is_none() && criterion.label.is_none() && write_negative(f, inner)? {
            return Ok(());
        }
        if let Some(label) = &criterion.label {
            write!(f, "{label}: ")?;
            f.write_str("(not ")?;
            write_inner(f, inner)?;
            return f.write_str(")");
        }
        f.write_str("not ")?;
        return write_inner(f, inner);
    }
    if let Some(label) = &criterion.label {
        write!(f, "{label}: ")?;
    }
    match &criterion.kind {
        Kind::All(inner) => write_joined(f, inner, " and ", criterion.label.is_some() || negated),
        Kind::Any(inner) => write_joined(f, inner, " or ", criterion.label.is_some() || negated),
        Kind::Not(_) => Ok(()),
        Kind::Everyone => f.write_str("everyone"),
        Kind::Member(address) => write!(f, "audience {address}"),
        Kind::UserAttribute { attribute, list, predicate, .. } => {
            write!(f, "user {}{} ", if *list { "list " } else { "" }, quoted(attribute))?;
            write_predicate(f, predicate, false)
        }
        Kind::Seen { edge, time, .. } => {
            let edge = if *edge == SeenEdge::First { "first" } else { "last" };
            write!(f, "{edge} seen {time}")
        }
        Kind::Identity { identity, predicate, .. } => {
            write!(f, "identity {identity} ")?;
            write_predicate(f, predicate, false)
        }
        Kind::Event(event) => write_event(f, event),
    }
}

/// Writes `not inner` with the negative operator of the language, where there is one. Returns whether it did.
fn write_negative(f: &mut fmt::Formatter<'_>, inner: &Criterion) -> Result<bool, fmt::Error> {
    match &inner.kind {
        Kind::UserAttribute { attribute, list, predicate, .. } if has_negative(predicate) => {
            write!(f, "user {}{} ", if *list { "list " } else { "" }, quoted(attribute))?;
            write_predicate(f, predicate, true)?;
        }
        Kind::Identity { identity, predicate, .. } if has_negative(predicate) => {
            write!(f, "identity {identity} ")?;
            write_predicate(f, predicate, true)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn write_inner(f: &mut fmt::Formatter<'_>, inner: &Criterion) -> fmt::Result {
    write_criterion(f, inner, true)
}

fn write_joined(f: &mut fmt::Formatter<'_>, inner: &[Criterion], joiner: &str, parens: bool) -> fmt::Result {
    f.write_str(if parens { "(" } else { "" })?;
    for (at, each) in inner.iter().enumerate() {
        f.write_str(if at > 0 { joiner } else { "" })?;
        match &each.kind {
            Kind::All(_) | Kind::Any(_) if each.label.is_none() => {
                f.write_str("(")?;
                write_criterion(f, each, false)?;
                f.write_str(")")?;
            }
            _ => write_criterion(f, each, false)?,
        }
    }
    f.write_str(if parens { ")" } else { "" })
}

fn write_event(f: &mut fmt::Formatter<'_>, event: &EventTest) -> fmt::Result {
    write!(f, "{}", event.event)?;
    if let Some(event_type) = event.event_type {
        write!(f, " type {}", event_type.name())?;
    }
    if let Some(filter) = &event.filter {
        f.write_str(" where ")?;
        let single =
            matches!(filter, Condition::Attribute { predicate, .. } if !matches!(predicate, Predicate::Time(_)));
        f.write_str(if single { "" } else { "(" })?;
        write_condition(f, filter, false)?;
        f.write_str(if single { "" } else { ")" })?;
    }
    if event.count != Count::ONCE {
        write!(f, " {}", event.count)?;
    }
    event.time.iter().try_for_each(|time| write!(f, " {time}"))
}

impl fmt::Display for Count {
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

fn write_condition(f: &mut fmt::Formatter<'_>, condition: &Condition, nested: bool) -> fmt::Result {
    let (inner, joiner) = match condition {
        Condition::All(inner) => (inner, " and "),
        Condition::Any(inner) => (inner, " or "),
        Condition::Attribute { attribute, predicate } => {
            write!(f, "{} ", quoted(attribute))?;
            return write_predicate(f, predicate, false);
        }
        Condition::Not(inner) => {
            if let Condition::Attribute { attribute, predicate } = &**inner
                && has_negative(predicate)
            {
                write!(f, "{} ", quoted(attribute))?;
                return write_predicate(f, predicate, true);
            }
            f.write_str("not ")?;
            return write_condition(f, inner, true);
        }
    };
    f.write_str(if nested { "(" } else { "" })?;
    for (at, each) in inner.iter().enumerate() {
        f.write_str(if at > 0 { joiner } else { "" })?;
        write_condition(f, each, true)?;
    }
    f.write_str(if nested { ")" } else { "" })
}

fn has_negative(predicate: &Predicate) -> bool {
    use Predicate as P;
    !matches!(
        predicate,
        P::Less(_) | P::AtMost(_) | P::Greater(_) | P::AtLeast(_) | P::Between(..) | P::Boolean(_) | P::Time(_)
    )
}

fn write_predicate(f: &mut fmt::Formatter<'_>, predicate: &Predicate, negated: bool) -> fmt::Result {
    let either = |positive: &'static str, negative: &'static str| if negated { negative } else { positive };
    match predicate {
        Predicate::Exists => f.write_str(either("exists", "does not exist")),
        Predicate::Empty => f.write_str(either("is empty", "is not empty")),
        Predicate::Is(text) => write!(f, "{} {}", either("is", "is not"), quoted(text)),
        Predicate::IsIn(texts) => {
            let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
            write!(f, "{} [{}]", either("is in", "is not in"), texts.join(", "))
        }
        Predicate::Contains(text) => write!(f, "{} {}", either("contains", "does not contain"), quoted(text)),
        Predicate::StartsWith(text) => write!(f, "{} {}", either("starts with", "does not start with"), quoted(text)),
        Predicate::EndsWith(text) => write!(f, "{} {}", either("ends with", "does not end with"), quoted(text)),
        Predicate::Matches(text) => write!(f, "{} {}", either("matches", "does not match"), quoted(text)),
        Predicate::Equal(number) => write!(f, "{} {number}", either("=", "!=")),
        Predicate::OneOf(numbers) => {
            let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
            write!(f, "{} [{}]", either("is in", "is not in"), numbers.join(", "))
        }
        Predicate::Less(number) => write!(f, "< {number}"),
        Predicate::AtMost(number) => write!(f, "<= {number}"),
        Predicate::Greater(number) => write!(f, "> {number}"),
        Predicate::AtLeast(number) => write!(f, ">= {number}"),
        Predicate::Between(low, high) => write!(f, "between {low} and {high}"),
        Predicate::Boolean(value) => write!(f, "is {value}"),
        Predicate::Time(time) => write!(f, "{time}"),
        Predicate::Includes(text) => write!(f, "{} {}", either("includes", "does not include"), quoted(text)),
        Predicate::PartiallyMatches(text) => {
            write!(f, "{} {}", either("partially matches", "does not partially match"), quoted(text))
        }
    }
}

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.get())
    }
}
