//! A value that the schema does not list can never be there.

use super::quoted;
use crate::analyze::lower::Subject;
use crate::analyze::resolve::listed;
use crate::analyze::typing::Known;
use crate::base::{Spanned, suggest, text};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::syntax::ast::{Literal, Operator, Test};

/// Checks the values of `is`, `is not` and `is in` against the values that the schema allows. Case is ignored (M1).
pub(in crate::analyze) fn check(
    subject: &Subject<'_>,
    known: Option<Known<'_>>,
    test: &Test,
    found: &mut Diagnostics,
) -> bool {
    let Some(Known::Attribute(attribute)) = known else { return true };
    let Some(allowed) = &attribute.allowed else { return true };
    let values: &[Spanned<Literal>] = match test {
        Test::Compare { operator, value } if matches!(operator.value, Operator::Is | Operator::IsNot) => {
            std::slice::from_ref(value)
        }
        Test::In { values, .. } => values,
        _ => return true,
    };
    let mut fine = true;
    for value in values {
        let Literal::String(asked) = &value.value else { continue };
        let folded = text::fold(asked);
        if allowed.iter().any(|each| text::fold(each) == folded) {
            continue;
        }
        fine = false;
        let near = suggest::nearest(asked, allowed.iter().map(String::as_str));
        found.push(
            Diagnostic::new(Code::ValueNotAllowed, format!("`{}` is never {}", subject.name(), quoted(asked)))
                .label(value.span, "not one of its values")
                .note(format!("aud.yaml allows {}", listed(allowed.iter().map(String::as_str))))
                .help("ask for one of these, or add the value under `schema` in aud.yaml")
                .did_you_mean(value.span, &near, quoted),
        );
    }
    fine
}
