//! Lengths of time that leave room for something to happen: between two steps, and in an abandoned cart.

use crate::base::{Duration, Span};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Checks how long after the step before a step may be. The step is strictly later (M19).
pub(in crate::analyze) fn step(within: Duration, span: Span, found: &mut Diagnostics) -> bool {
    if within.0 > 0 {
        return true;
    }
    found.push(
        Diagnostic::new(Code::NeverHolds, "no event is later than another one by 0")
            .label(span, "leaves no time for this step")
            .note("a step is strictly later than the one before it")
            .help("write a longer time, or leave it out: then any later event will do"),
    );
    false
}

/// Checks for how long a cart is abandoned. The add-to-cart has to lie inside the retention, where there is
/// one (M10, M18).
pub(in crate::analyze) fn abandoned(
    kept: Option<Duration>,
    wait: Duration,
    span: Span,
    found: &mut Diagnostics,
) -> bool {
    if wait.0 == 0 {
        found.push(
            zero("a cart is abandoned as soon as something is put into it", span)
                .help("write for how long nothing is bought: `abandoned for 4 days`"),
        );
    }
    let Some(kept) = kept.filter(|kept| wait > *kept) else { return true };
    found.push(
        Diagnostic::new(Code::NeverHolds, format!("nothing is abandoned for {wait}: events are kept for {kept}"))
            .label(span, "longer than the retention")
            .note("what was put into the cart so long ago does not count any more")
            .help("ask for a shorter time, or raise `retention.events` in aud.yaml"),
    );
    false
}

/// A length of nothing.
pub(super) fn zero(message: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::ZeroLength, message).label(span, "a length of 0")
}
