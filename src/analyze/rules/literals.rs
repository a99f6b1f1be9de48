//! Values are of the kind that their operator compares: texts with words, numbers with signs.

use super::quoted;
use crate::analyze::lower::Subject;
use crate::analyze::typing::{self, Known};
use crate::base::{Day, Spanned};
use crate::catalog::ValueType;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};
use crate::syntax::ast::{Literal, Operator, Test};

/// Checks the values of a test against its operator.
pub(in crate::analyze) fn check(
    subject: &Subject<'_>,
    known: Option<Known<'_>>,
    test: &Spanned<Test>,
    found: &mut Diagnostics,
) -> bool {
    let wrong = match &test.value {
        Test::Compare { operator, value } if typing::told(test).is_none() => {
            compare(known.map(|known| known.value_type()), *operator, value).fix_of(test)
        }
        Test::In { negated, values } if typing::told(test).is_none() => list(subject, *negated, values, test),
        _ => return true,
    };
    found.push(wrong);
    false
}

/// What is wrong, and what to write instead where that is certain.
struct Wrong {
    diagnostic: Diagnostic,
    instead: Option<String>,
}

impl Wrong {
    fn fix_of(self, test: &Spanned<Test>) -> Diagnostic {
        match self.instead {
            Some(text) => self.diagnostic.fix(Fix::replace(format!("write `{text}`"), test.span, text)),
            None => self.diagnostic,
        }
    }
}

fn compare(known: Option<ValueType>, operator: Spanned<Operator>, value: &Spanned<Literal>) -> Wrong {
    let words = operator.value.words();
    let span = operator.span.to(value.span);
    match &value.value {
        Literal::Number(number) => {
            let message = format!("`{words}` compares texts, and {} is a number", number.text);
            let instead = match operator.value {
                Operator::Is if known != Some(ValueType::String) => format!("= {}", number.text),
                Operator::IsNot if known != Some(ValueType::String) => format!("!= {}", number.text),
                _ => format!("{words} {}", quoted(&number.text)),
            };
            let diagnostic =
                Diagnostic::new(Code::ValueOfOperator, message).label(span, "a text stands in double quotes");
            Wrong { diagnostic, instead: Some(instead) }
        }
        Literal::String(text) => {
            let message = format!("`{words}` compares numbers, and {} is a text", quoted(text));
            let kind = if Day::parse(text).is_some() { "date" } else { "number" };
            let label = format!("a {kind} stands without quotes");
            let diagnostic = Diagnostic::new(Code::ValueOfOperator, message).label(span, label);
            match text_instead(known, operator.value, text) {
                None => Wrong { diagnostic: diagnostic.help(other_words(operator.value, text)), instead: None },
                instead => Wrong { diagnostic, instead },
            }
        }
    }
}

/// What an operator of numbers and a text were meant to be, where that is certain.
fn text_instead(known: Option<ValueType>, operator: Operator, text: &str) -> Option<String> {
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    if number.is_some() && known != Some(ValueType::String) {
        return Some(format!("{} {}", operator.words(), text.trim()));
    }
    match operator {
        Operator::Equal => Some(format!("is {}", quoted(text))),
        Operator::NotEqual => Some(format!("is not {}", quoted(text))),
        _ => None,
    }
}

/// What compares the text that an operator of numbers was given.
fn other_words(operator: Operator, text: &str) -> String {
    let date = Day::parse(text);
    let words = match operator {
        Operator::Less | Operator::LessOrEqual => "before",
        Operator::Equal | Operator::NotEqual => "on",
        _ => "after",
    };
    match date {
        Some(day) => format!("dates have words of their own, and no quotes: `{words} {day}`"),
        None => "texts are compared with is, is not, contains, starts with, ends with, matches".to_owned(),
    }
}

fn list(subject: &Subject<'_>, negated: bool, values: &[Spanned<Literal>], test: &Spanned<Test>) -> Diagnostic {
    if values.is_empty() {
        let code = if negated { Code::AlwaysHolds } else { Code::NeverHolds };
        let mut empty = Diagnostic::new(code, "the list of values is empty")
            .label(test.span, "no value is in it")
            .help(format!("name the values that `{}` may have", subject.name()));
        empty.severity = crate::diagnostic::Severity::Error;
        return empty;
    }
    let first = values.first();
    let kind = |value: &Spanned<Literal>| matches!(value.value, Literal::Number(_));
    let other = values.iter().find(|value| first.is_some_and(|first| kind(first) != kind(value)));
    let name = |value: &Spanned<Literal>| if kind(value) { "a number" } else { "a text" };
    let mixed = Diagnostic::new(Code::MixedValues, "the list mixes texts and numbers");
    let mixed = other.into_iter().chain(first).fold(mixed, |mixed, value| mixed.label(value.span, name(value)));
    mixed.help("write all of them as texts in quotes, or all as numbers")
}
