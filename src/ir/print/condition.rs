//! Conditions and predicates as text.

use std::fmt;

use super::{Writer, quoted};
use crate::catalog::Part;
use crate::ir::{Condition, Predicate};

impl Writer<'_> {
    /// `where …`, if there is a filter.
    pub(super) fn filter(&mut self, filter: Option<&Condition>) -> fmt::Result {
        let Some(filter) = filter else { return Ok(()) };
        let single = is_single(filter);
        self.to.write_str(if single { " where " } else { " where (" })?;
        self.condition(filter)?;
        self.to.write_str(if single { "" } else { ")" })
    }

    /// `where (…)`, as aggregates have it, if there is a filter.
    pub(super) fn enclosed_filter(&mut self, filter: Option<&Condition>) -> fmt::Result {
        let Some(filter) = filter else { return Ok(()) };
        self.to.write_str(" where (")?;
        self.condition(filter)?;
        self.to.write_str(")")
    }

    /// An attribute's name, with the part that it is asked of, and a space.
    fn attribute(&mut self, part: Option<Part>, name: &str) -> fmt::Result {
        part.iter().try_for_each(|part| write!(self.to, "{} ", part.word()))?;
        write!(self.to, "{} ", quoted(name))
    }

    /// A condition where nothing but parentheses stands around it.
    pub(super) fn condition(&mut self, condition: &Condition) -> fmt::Result {
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
            Condition::Attribute { part, attribute, predicate } => {
                self.attribute(*part, attribute)?;
                self.predicate(predicate, false)
            }
            Condition::Not(inner) => match &**inner {
                Condition::Attribute { part, attribute, predicate } if predicate.has_negative() => {
                    self.attribute(*part, attribute)?;
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

    pub(super) fn predicate(&mut self, predicate: &Predicate, negated: bool) -> fmt::Result {
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
