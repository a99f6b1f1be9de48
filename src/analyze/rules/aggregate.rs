//! Values calculated over events: numbers are summed, and what every value passes, or none, is not asked.

use super::values;
use crate::analyze::typing::{Known, Owner};
use crate::base::{Span, Spanned};
use crate::catalog::{Calculation, ValueType};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::Predicate;

/// Whether a calculation is of numbers, and skips everything else.
pub(in crate::analyze) fn is_of_numbers(calculation: Calculation) -> bool {
    use Calculation as C;
    matches!(calculation, C::Sum | C::Average | C::Minimum | C::Maximum)
}

/// Checks that what is summed, averaged or compared is a number.
pub(in crate::analyze) fn needs_number(
    calculation: Spanned<Calculation>,
    attribute: &Spanned<String>,
    owner: &Owner,
    known: Option<Known<'_>>,
    found: &mut Diagnostics,
) -> bool {
    let wrong = |known: &Known<'_>| known.value_type() != ValueType::Number;
    let Some(known) = known.filter(|known| is_of_numbers(calculation.value) && wrong(known)) else { return true };
    let value_type = known.value_type();
    let message =
        format!("`{}` is of numbers, and `{}` is {}", calculation.words(), attribute.value, value_type.with_article());
    let wrong = Diagnostic::new(Code::NeedsNumber, message).label(attribute.span, "no number").help(match value_type {
        ValueType::Date => "ask for `first time of` or `latest time of` events, or count them".to_owned(),
        _ => format!(
            "ask for `unique count` or `most frequent`, or declare `{}` a number under `{}` in aud.yaml",
            attribute.value,
            owner.schema()
        ),
    });
    found.push(match known {
        Known::Attribute(attribute) => wrong.note(attribute.provenance.explain(value_type)),
        Known::Use(first) => wrong.label(first.span, format!("used as {} here", value_type.with_article())),
        Known::Fixed(_, why) => wrong.note(why),
    });
    false
}

/// The time of a calculation, read as the test of a number because no other test follows it.
pub(in crate::analyze) fn time_for_test(calculation: Calculation, test: Span) -> Diagnostic {
    Diagnostic::new(Code::MissingTest, format!("this `{}` is not compared with anything", calculation.words()))
        .label(test, "says when, not how much")
        .help("a test follows the time, such as `> 100`")
}

/// Checks that some values pass a test, and not all of them. Over nothing, counts and sums are 0 and always there (M11).
pub(in crate::analyze) fn constant(
    calculation: Calculation,
    predicate: &Predicate,
    negated: bool,
    span: Span,
    found: &mut Diagnostics,
) -> bool {
    use Calculation as C;
    let (counts, there) = match calculation {
        C::Count | C::UniqueCount => (true, true),
        C::Sum => (false, true),
        _ => return true,
    };
    let passes = match predicate {
        Predicate::Exists => there.then_some(true),
        other if counts => values::every_count(other),
        _ => None,
    };
    let Some(holds) = passes.map(|passes| passes != negated) else { return true };
    let words = calculation.words();
    let why = match predicate {
        Predicate::Exists => format!("over no events, a {words} is 0: it is always there"),
        _ => format!("a {words} is a whole number, 0 or more"),
    };
    let (code, label) = if holds { (Code::AlwaysHolds, "always holds") } else { (Code::NeverHolds, "can never hold") };
    let message = format!("{} {words} passes this", if holds { "every" } else { "no" });
    let help = match predicate {
        Predicate::Exists if holds => "leave it out, or write `> 0`",
        Predicate::Exists => "write `= 0` to ask for those without any",
        _ if holds => "leave it out, or ask for more than 0",
        _ => "ask for 0 or a whole number above it",
    };
    found.push(Diagnostic::new(code, message).label(span, label).note(why).help(help));
    holds
}
