//! What tests have shown of each criterion, for people.

use crate::base::SourceMap;
use crate::report::number::counted;
use crate::report::{Style, explain, visible};
use crate::testing::{Coverage, Covered, CoveredAudience};

/// A table for each audience that is not covered wholly, one line for each that is, and the whole at the end.
pub fn coverage(coverage: &Coverage, sources: &SourceMap, style: Style) -> String {
    let mut text = String::from("coverage of criteria\n\n");
    coverage.audiences.iter().for_each(|each| text.push_str(&audience(each, sources, style)));
    let (earned, all) = coverage.points();
    let percent = style.paint(Style::STRONG, format_args!("{} %", coverage.percent()));
    text.push_str(&format!("\n{percent} covered: {earned} of {}\n", counted(all as u64, "point", "points")));
    text
}

fn audience(audience: &CoveredAudience, sources: &SourceMap, style: Style) -> String {
    let (earned, all) = audience.points();
    let mark = match earned == all {
        true => style.paint(Style::ADDED, "✓"),
        false => style.paint(Style::REMOVED, "✗"),
    };
    let asked = match audience.expectations {
        0 => "no expectation".to_owned(),
        some => counted(some as u64, "expectation", "expectations"),
    };
    let address = style.paint(Style::STRONG, &audience.address);
    let mut text = format!("{mark} {address}  {} %, {asked}\n", audience.percent());
    if earned < all && audience.expectations > 0 {
        text.push_str(&table(audience, sources, style));
    }
    text
}

/// One line a criterion: seen true, seen false, seen to decide; then what is missing.
fn table(audience: &CoveredAudience, sources: &SourceMap, style: Style) -> String {
    let room = style.width.clamp(60, 120) / 2;
    let rows: Vec<(String, &Covered)> = audience.criteria.iter().map(|each| (shortened(each, room), each)).collect();
    let width = rows.iter().map(|(text, _)| text.chars().count()).max().unwrap_or(0);
    let mut text = style.paint(Style::FAINT, "    true  false  decides\n");
    for (said, covered) in rows {
        let mark = |seen: bool, width: usize| {
            let paint = if seen { Style::ADDED } else { Style::REMOVED };
            let gap = " ".repeat(width);
            format!("{}{gap}", style.paint(paint, if seen { "✓" } else { "·" }))
        };
        let marks =
            format!("{}{}{}", mark(covered.seen_true, 5), mark(covered.seen_false, 6), mark(covered.decided, 8));
        let gap = " ".repeat(width - said.chars().count() + 2);
        let place = explain::place(covered.origin, sources).unwrap_or_default();
        let missing = missing(covered);
        let line = format!("    {marks}{said}{gap}{}  {missing}", style.paint(Style::FAINT, place));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The label and the text of a criterion, indented inside groups and cut where it is long.
fn shortened(covered: &Covered, room: usize) -> String {
    let label = covered.label.as_ref().map_or_else(String::new, |label| format!("{label}: "));
    let text = format!("{}{label}{}", "  ".repeat(covered.depth), visible(&covered.text));
    match text.char_indices().nth(room.saturating_sub(1)) {
        Some((end, _)) if text.chars().count() > room => format!("{}…", text.get(..end).unwrap_or_default()),
        _ => text,
    }
}

fn missing(covered: &Covered) -> String {
    let missing = [(covered.seen_true, "true"), (covered.seen_false, "false"), (covered.decided, "deciding")];
    let missing: Vec<&str> = missing.into_iter().filter(|(seen, _)| !seen).map(|(_, word)| word).collect();
    if missing.is_empty() { String::new() } else { format!("never {}", missing.join(", never ")) }
}
