//! Counts as ranges. A count that no number satisfies is an error; one that every number satisfies is a warning.

use crate::base::Spanned;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::Count;
use crate::syntax::ast;

/// The range of a count.
pub(in crate::analyze) fn check(written: Spanned<ast::Count>, found: &mut Diagnostics) -> Option<Count> {
    use ast::Count as C;
    let never = |message: &str| Diagnostic::new(Code::NeverHolds, message).label(written.span, "can never hold");
    let range = |least, most| Some(Count { least, most });
    let count = match written.value {
        C::AtLeast(least) => range(least, None),
        C::AtMost(most) => range(0, Some(most)),
        C::MoreThan(number) => number.checked_add(1).and_then(|least| range(least, None)),
        C::FewerThan(number) => number.checked_sub(1).and_then(|most| range(0, Some(most))),
        C::Exactly(number) => range(number, Some(number)),
        C::Between(least, most) if least > most => {
            found.push(
                Diagnostic::new(Code::BoundsOrder, format!("no count is between {least} and {most}"))
                    .label(written.span, "the lower bound comes first")
                    .fix(crate::diagnostic::Fix::replace(
                        format!("write `between {most} and {least} times`"),
                        written.span,
                        format!("between {most} and {least} times"),
                    )),
            );
            return None;
        }
        C::Between(least, most) => range(least, Some(most)),
        C::Never => range(0, Some(0)),
    };
    let Some(count) = count else {
        found.push(never("no count satisfies this").help("write `never` for no time at all"));
        return None;
    };
    if count.least == 0 && count.most.is_none() {
        found.push(
            Diagnostic::new(Code::AlwaysHolds, "every user did this 0 times or more")
                .label(written.span, "always holds")
                .help("write `at least 1 time` to ask for those who did it"),
        );
    }
    Some(count)
}
