//! A criterion that reaches past the retention is evaluated inside it (M10, M12).

use crate::base::{Duration, Spanned, TimeFilter};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::project::Project;

/// Checks when an event happened.
pub(in crate::analyze) fn event(project: &Project, time: Spanned<TimeFilter>, found: &mut Diagnostics) {
    let Some(kept) = project.retention.events else { return };
    let note = match time.value {
        TimeFilter::WithinLast(last) if last > kept => format!("the last {kept} are evaluated"),
        TimeFilter::BetweenAgo { newer, older } if newer < kept && older > kept => {
            format!("what happened up to {kept} ago is evaluated")
        }
        TimeFilter::BetweenAgo { newer, .. } if newer >= kept => nothing(),
        TimeFilter::MoreThanAgo(ago) if ago >= kept => nothing(),
        _ => return,
    };
    found.push(
        Diagnostic::new(Code::BeyondRetention, format!("events are kept for {kept}, and this asks for older ones"))
            .label(time.span, "reaches past the retention")
            .note(note)
            .help("ask for a shorter time, or raise `retention.events` in aud.yaml"),
    );
}

/// Checks how long after the step before a step of a sequence may be: both lie inside the retention.
pub(in crate::analyze) fn step(project: &Project, within: Spanned<Duration>, found: &mut Diagnostics) {
    let Some(kept) = project.retention.events.filter(|kept| within.value > *kept) else { return };
    found.push(
        Diagnostic::new(Code::BeyondRetention, format!("events are kept for {kept}, and this leaves more time"))
            .label(within.span, "longer than the retention")
            .note("both events lie inside the retention: any later one will do")
            .help("leave the time out, or raise `retention.events` in aud.yaml"),
    );
}

fn nothing() -> String {
    "no event counts: this never happened, as far as can be seen".to_owned()
}

/// Checks when a user was last seen: whoever was not seen inside the retention is in no population.
pub(in crate::analyze) fn last_seen(project: &Project, time: Spanned<TimeFilter>, found: &mut Diagnostics) {
    let Some(kept) = project.retention.profiles else { return };
    let note = match time.value {
        TimeFilter::WithinLast(last) if last > kept => "this holds for everybody who has a profile".to_owned(),
        TimeFilter::BetweenAgo { newer, older } if newer < kept && older > kept => {
            format!("users last seen up to {kept} ago are evaluated")
        }
        TimeFilter::BetweenAgo { newer, .. } if newer >= kept => "this holds for nobody".to_owned(),
        TimeFilter::MoreThanAgo(ago) if ago >= kept => "this holds for nobody".to_owned(),
        _ => return,
    };
    found.push(warning(kept, time, note));
}

fn warning(kept: Duration, time: Spanned<TimeFilter>, note: String) -> Diagnostic {
    Diagnostic::new(
        Code::BeyondRetention,
        format!("profiles are kept for {kept} after they were last seen, and this reaches further back"),
    )
    .label(time.span, "reaches past the retention")
    .note(note)
    .help("ask for a shorter time, or raise `retention.profiles` in aud.yaml")
}
