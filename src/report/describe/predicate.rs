//! What a value must satisfy, in words, and conditions over events.

use super::time::when;
use super::{listed, quoted};
use crate::catalog::Part;
use crate::ir::{Condition, Float, Predicate};

/// The words after a value's name. Negative ones say that a missing value passes (M4).
pub(super) fn predicate(predicate: &Predicate, negated: bool) -> String {
    match (predicate, negated) {
        (Predicate::Exists, false) => "is set, even if to nothing".to_owned(),
        (Predicate::Exists, true) => "is not set at all".to_owned(),
        (Predicate::Empty, false) => "is empty or not known".to_owned(),
        (Predicate::Empty, true) => "is known and not empty".to_owned(),
        (_, false) => positive(predicate),
        (_, true) => format!("{} (or is not known)", negative(predicate)),
    }
}

fn positive(predicate: &Predicate) -> String {
    match predicate {
        Predicate::Exists | Predicate::Empty => String::new(),
        Predicate::Is(text) => format!("is {}", quoted(text)),
        Predicate::IsIn(texts) => {
            format!("is {}", listed(&texts.iter().map(|text| quoted(text)).collect::<Vec<_>>(), "or"))
        }
        Predicate::Contains(text) => format!("contains {}", quoted(text)),
        Predicate::StartsWith(text) => format!("starts with {}", quoted(text)),
        Predicate::EndsWith(text) => format!("ends with {}", quoted(text)),
        Predicate::Matches(text) => format!("fits the pattern {}", quoted(text)),
        Predicate::Equal(number) => format!("is exactly {number}"),
        Predicate::OneOf(numbers) => format!("is exactly {}", listed(&texts(numbers), "or")),
        Predicate::Less(number) => format!("is less than {number}"),
        Predicate::AtMost(number) => format!("is at most {number}"),
        Predicate::Greater(number) => format!("is more than {number}"),
        Predicate::AtLeast(number) => format!("is at least {number}"),
        Predicate::Between(low, high) => format!("is between {low} and {high}, both included"),
        Predicate::Boolean(value) => format!("is {value}"),
        Predicate::Time(time) => format!("is a date {}", when(*time)),
        Predicate::Includes(text) => format!("includes {}", quoted(text)),
        Predicate::PartiallyMatches(text) => format!("has an entry that contains {}", quoted(text)),
    }
}

fn negative(predicate: &Predicate) -> String {
    let words = positive(predicate);
    let of_verb = |verb: &str, base: &str| words.strip_prefix(verb).map(|rest| format!("does not {base}{rest}"));
    match predicate {
        Predicate::IsIn(texts) => {
            format!("is none of {}", listed(&texts.iter().map(|text| quoted(text)).collect::<Vec<_>>(), "and"))
        }
        Predicate::OneOf(numbers) => format!("is none of {}", listed(&texts(numbers), "and")),
        Predicate::Equal(number) => format!("is not {number}"),
        Predicate::Time(time) => format!("is no date {}", when(*time)),
        Predicate::PartiallyMatches(text) => format!("has no entry that contains {}", quoted(text)),
        _ => {
            let verbs = [
                ("contains", "contain"),
                ("starts", "start"),
                ("ends", "end"),
                ("fits", "fit"),
                ("includes", "include"),
            ];
            let verb = verbs.iter().find_map(|(verb, base)| of_verb(verb, base));
            verb.unwrap_or_else(|| words.replacen("is ", "is not ", 1))
        }
    }
}

fn texts(numbers: &[Float]) -> Vec<String> {
    numbers.iter().map(ToString::to_string).collect()
}

/// `, where …`, if there is a filter.
pub(super) fn filter(filter: Option<&Condition>) -> String {
    filter.map_or_else(String::new, |filter| format!(", where {}", condition(filter)))
}

/// A condition over the attributes of an event.
pub(super) fn condition(condition: &Condition) -> String {
    let (inner, word) = match condition {
        Condition::All(inner) => (inner, " and "),
        Condition::Any(inner) => (inner, " or "),
        other => return term(other, false),
    };
    inner.iter().map(|each| term(each, true)).collect::<Vec<_>>().join(word)
}

fn term(each: &Condition, grouped: bool) -> String {
    match each {
        Condition::Attribute { part, attribute, predicate } => {
            format!("{} {}", name(*part, attribute), self::predicate(predicate, false))
        }
        Condition::Not(inner) => match &**inner {
            Condition::Attribute { part, attribute, predicate } => {
                format!("{} {}", name(*part, attribute), self::predicate(predicate, true))
            }
            inner => format!("it is not so that ({})", condition(inner)),
        },
        group if grouped => format!("({})", condition(group)),
        group => condition(group),
    }
}

/// An attribute of an event, with the part that it is asked of.
pub(super) fn name(part: Option<Part>, attribute: &str) -> String {
    match part {
        None => quoted(attribute),
        Some(Part::Action) => format!("the action's {}", quoted(attribute)),
        Some(Part::Product) => format!("the product's {}", quoted(attribute)),
    }
}
