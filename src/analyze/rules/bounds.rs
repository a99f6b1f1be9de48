//! The lower bound of a range stands first.

use crate::base::Spanned;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Edit, Fix};
use crate::syntax::ast::Number;

/// Checks `between low and high`.
pub(in crate::analyze) fn numbers(low: &Spanned<Number>, high: &Spanned<Number>, found: &mut Diagnostics) -> bool {
    if low.value.value <= high.value.value {
        return true;
    }
    found.push(swapped("no number is", low.as_ref().map(|n| n.text.as_str()), high.as_ref().map(|n| n.text.as_str())));
    false
}

/// Bounds in the wrong order, with the fix that swaps them.
pub(super) fn swapped(nothing_is: &str, low: Spanned<&str>, high: Spanned<&str>) -> Diagnostic {
    let (first, second) = (low.value, high.value);
    Diagnostic::new(Code::BoundsOrder, format!("{nothing_is} between {first} and {second}"))
        .label(low.span.to(high.span), "the lower bound comes first")
        .fix(Fix {
            title: format!("write `{second} and {first}`"),
            edits: vec![
                Edit { span: low.span, text: second.to_owned() },
                Edit { span: high.span, text: first.to_owned() },
            ],
        })
}
