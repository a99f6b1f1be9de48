//! Time filters hold for some instant: bounds in order, lengths that can be counted.

use super::bounds::swapped;
use super::waits::zero;
use crate::base::{Duration, Now, Span, Spanned, TimeFilter, Timestamp};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Edit, Fix};
use crate::syntax::ast;

/// The meaning of a time filter.
pub(in crate::analyze) fn check(written: &Spanned<ast::TimeFilter>, found: &mut Diagnostics) -> Option<TimeFilter> {
    filter(&written.value, found)
}

/// The meaning of a time filter; `None`, and a diagnostic, where no instant passes it.
pub(in crate::analyze) fn filter(written: &ast::TimeFilter, found: &mut Diagnostics) -> Option<TimeFilter> {
    match written {
        ast::TimeFilter::BetweenAgo { first, second, unit } if first.value >= second.value => {
            found.push(ago(*first, *second, *unit));
            return None;
        }
        ast::TimeFilter::Between(from, to) => {
            // Both bounds are of the calendar, so that any `now` tells the order.
            let window = TimeFilter::Between(from.value, to.value).window(Now(Timestamp(0)));
            if window.is_empty() {
                let (low, high) = (from.value.to_string(), to.value.to_string());
                let (low, high) = (Spanned::new(low.as_str(), from.span), Spanned::new(high.as_str(), to.span));
                found.push(swapped("nothing happens", low, high));
                return None;
            }
        }
        _ => {}
    }
    if let ast::TimeFilter::WithinLast(last) = written
        && last.count == 0
    {
        found.push(
            zero("`within last 0 …` is this very instant", last.span)
                .help("write how far back to look: `within last 7 days`"),
        );
    }
    let meaning = written.meaning();
    if meaning.is_none()
        && let Some(span) = place_of_length(written)
    {
        found.push(too_long(span));
    }
    meaning
}

/// The meaning of a length of time.
pub(in crate::analyze) fn length(written: &Spanned<ast::Quantity>, found: &mut Diagnostics) -> Option<Duration> {
    let length = written.duration();
    if length.is_none() {
        found.push(too_long(written.span));
    }
    length
}

fn too_long(span: Span) -> Diagnostic {
    Diagnostic::new(Code::LengthTooLong, "this length of time is beyond what can be counted")
        .label(span, "longer than 292 million years")
        .help("leave the time out to ask for any time inside the retention")
}

fn ago(first: Spanned<u64>, second: Spanned<u64>, unit: ast::Unit) -> Diagnostic {
    let unit = unit.name();
    let span = first.span.to(second.span);
    if first.value == second.value {
        return Diagnostic::new(
            Code::NeverHolds,
            format!("`between {} and {} {unit}s ago` is a single instant", first.value, second.value),
        )
        .label(span, "both bounds are the same")
        .help(format!("write `between {} and {} {unit}s ago`", first.value, first.value.saturating_add(1)));
    }
    Diagnostic::new(
        Code::BoundsOrder,
        format!("nothing happens between {} and {} {unit}s ago", first.value, second.value),
    )
    .label(span, "the nearer bound comes first")
    .fix(Fix {
        title: format!("write `between {} and {} {unit}s ago`", second.value, first.value),
        edits: vec![
            Edit { span: first.span, text: second.value.to_string() },
            Edit { span: second.span, text: first.value.to_string() },
        ],
    })
}

/// Where the length of a filter stands.
fn place_of_length(written: &ast::TimeFilter) -> Option<Span> {
    match written {
        ast::TimeFilter::WithinLast(length) | ast::TimeFilter::MoreThanAgo(length) => Some(length.span),
        ast::TimeFilter::BetweenAgo { first, second, .. } => Some(first.span.to(second.span)),
        _ => None,
    }
}
