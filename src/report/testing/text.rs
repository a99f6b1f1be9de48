//! Tests for people.

use crate::base::{Now, SourceMap};
use crate::ir::VariantName;
use crate::report::number::{counted, now};
use crate::report::{Style, diagnostic, explain, visible};
use crate::testing::{Failure, Placed, Report, Tested, Wrong};

/// How much to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// A line for each test that passed.
    pub passed: bool,
    /// How long each test took.
    pub durations: bool,
}

/// A line for each test, then every failure in full, then a summary.
pub fn text(report: &Report, sources: &SourceMap, detail: Detail, style: Style) -> String {
    let mut text = String::new();
    for test in report.tests.iter().filter(|test| detail.passed || !test.passed()) {
        text.push_str(&line(test, detail, style));
    }
    for test in report.tests.iter().filter(|test| !test.passed()) {
        let place = explain::place(test.origin, sources).unwrap_or_default();
        let title = style.paint(Style::STRONG, visible(&test.title));
        text.push_str(&format!("\n{title}  {}\n", style.paint(Style::FAINT, place)));
        test.failures.iter().for_each(|failure| text.push_str(&self::failure(failure, sources, style)));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&summary(report, style));
    text
}

fn line(test: &Tested, detail: Detail, style: Style) -> String {
    let mark = match test.passed() {
        true => style.paint(Style::ADDED, "✓"),
        false => style.paint(Style::REMOVED, "✗"),
    };
    let duration = match detail.durations {
        true => style.paint(Style::FAINT, format_args!("  {} ms", test.duration_ms)),
        false => String::new(),
    };
    format!("{mark} {}{duration}\n", visible(&test.title))
}

fn summary(report: &Report, style: Style) -> String {
    let (passed, failed) = (report.passed(), report.failed());
    let tests = counted(report.tests.len() as u64, "test", "tests");
    let paint = if failed == 0 { Style::ADDED } else { Style::ERROR };
    let verdict = match failed {
        0 => format!("{passed} passed"),
        _ => format!("{passed} passed, {failed} failed"),
    };
    format!("{tests}: {}\n", style.paint(paint, verdict))
}

/// An expectation that was not met: where, what was found instead, and why.
pub(super) fn failure(failure: &Failure, sources: &SourceMap, style: Style) -> String {
    let mut text = String::new();
    if let Some(span) = failure.origin.0 {
        text.push_str(&diagnostic::snippet(span, &found(failure), sources, style));
    }
    for wrong in &failure.wrong {
        let expected = if wrong.inside { "should not be" } else { "should be" };
        let at = now(Now(failure.now));
        let head = format!("{} {} at {at}, and {expected}", wrong.user, is(failure, wrong));
        text.push_str(&format!("  {}:\n", visible(&head)));
        if let Some(Placed { bucket, part }) = &wrong.placed {
            // The criteria are not to blame: the user is in the audience.
            let said = format!("in {} as a whole; bucket {bucket} of its split belongs to {part}", failure.audience);
            text.push_str(&format!("    {}\n", visible(&said)));
        } else if let Some(explanation) = &wrong.explanation {
            let narrower = Style { width: style.width.saturating_sub(4), ..style };
            let tree = explain::tree(&explanation.tree, sources, narrower);
            tree.lines().for_each(|line| text.push_str(&format!("    {line}\n")));
        }
    }
    text
}

/// What stands under the expectation: what was found instead, in a few words.
pub(super) fn found(failure: &Failure) -> String {
    match (&failure.found, failure.wrong.as_slice()) {
        (Some(found), _) => {
            let names: Vec<&str> = found.iter().map(|name| name.as_str()).collect();
            format!("members are [{}]", names.join(", "))
        }
        (None, [wrong]) => format!("{} {}", wrong.user, is(failure, wrong)),
        (None, _) => String::new(),
    }
}

fn is(failure: &Failure, wrong: &Wrong) -> String {
    let is = if wrong.inside { "is in" } else { "is not in" };
    match &failure.variant {
        VariantName::Whole => format!("{is} {}", failure.audience),
        variant => format!("{is} {} / {variant}", failure.audience),
    }
}
