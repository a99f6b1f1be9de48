//! Standard audiences: a range with its bounds in order, no attributes shared (M23).

use super::bounds::swapped;
use crate::base::{Now, Span, Spanned, TimeFilter, Timestamp};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::Standard;
use crate::syntax::ast;

/// The events that a standard audience is evaluated over; `None`, and a diagnostic, where there can be none.
pub(in crate::analyze) fn check(written: &Spanned<ast::Standard>, found: &mut Diagnostics) -> Option<Standard> {
    let ast::Standard::Between(from, to) = &written.value else { return Some(Standard::All) };
    // Both bounds are of the calendar, so that any `now` tells their order.
    if !TimeFilter::Between(from.value, to.value).window(Now(Timestamp(0))).is_empty() {
        return Some(Standard::Between(from.value, to.value));
    }
    let (low, high) = (from.value.to_string(), to.value.to_string());
    let (low, high) = (Spanned::new(low.as_str(), from.span), Spanned::new(high.as_str(), to.span));
    found.push(swapped("nothing happens", low, high));
    None
}

/// What is said where a standard audience shares attributes.
pub(super) fn shares(shared: Span, standard: Span) -> Diagnostic {
    Diagnostic::new(Code::StandardShares, "a standard audience shares no user attributes")
        .label(shared, "would go stale")
        .label(standard, "evaluated once")
        .note("its members are stored once, while attributes go on changing")
        .help("leave `share` out, or take `standard` out to make it a real-time audience")
}
