//! Sizes, intervals, bars and tables, worded the same in every answer.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Value, json};

use crate::estimate::{Estimates, Obstacle, Size};
use crate::picture::{Interval, SizeRow};
use crate::report::number::{number, people};
use crate::report::{Style, visible};

/// How many characters a bar has at most.
const BAR: f64 = 16.0;
/// The parts of a character that a bar may end with.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A size as one figure: `1,204`, `~ 189,200`, `~`.
pub(in crate::report) fn size_text(size: Size) -> String {
    match size {
        Size::Exact { size } => number(size),
        Size::About { size, .. } => format!("~ {}", number(size)),
        Size::TooFew { .. } => "~".to_owned(),
    }
}

/// Between which sizes the true one is: `187,100 – 191,400`, `at most 4,100`; nothing where it is exact.
pub(super) fn interval_text(size: Size) -> String {
    match size {
        Size::Exact { .. } => String::new(),
        Size::About { low, high, .. } => format!("{} – {}", number(low), number(high)),
        Size::TooFew { high, .. } => format!("at most {}", number(high)),
    }
}

/// A size and its interval, in one text.
pub(in crate::report) fn whole_text(size: Size) -> String {
    match size {
        Size::Exact { .. } => size_text(size),
        _ => format!("{} ({})", size_text(size), interval_text(size)),
    }
}

/// A size as JSON.
pub(super) fn size_json(size: Size) -> Value {
    let (low, high) = size.range();
    json!({ "size": size.best(), "low": low, "high": high, "exact": matches!(size, Size::Exact { .. }) })
}

/// A size or why there is none, as JSON.
pub(in crate::report) fn found_json(size: &Result<Size, Obstacle>) -> Value {
    match size {
        Ok(size) => size_json(*size),
        Err(obstacle) => json!({ "size": null, "obstacle": obstacle, "because": obstacle.to_string() }),
    }
}

/// The cells of a size in a spreadsheet: size, low, high.
pub(super) fn cells(size: Option<Size>) -> [String; 3] {
    let Some(size) = size else { return Default::default() };
    let (low, high) = size.range();
    [size.best().map_or_else(String::new, |best| best.to_string()), low.to_string(), high.to_string()]
}

/// A row of bars.
pub(super) fn bar_row(label: String, size: &Result<Size, Obstacle>) -> SizeRow {
    match size {
        Ok(size) => SizeRow {
            label,
            value: size.best(),
            interval: interval(*size),
            note: match size {
                Size::Exact { .. } => None,
                Size::About { .. } => Some("~".to_owned()),
                Size::TooFew { .. } => Some(format!("~ {}", interval_text(*size))),
            },
        },
        Err(obstacle) => SizeRow { label, note: Some(format!("⚠ {obstacle}")), ..SizeRow::default() },
    }
}

/// The interval of a size for a picture.
pub(super) fn interval(size: Size) -> Option<Interval> {
    let (low, high) = size.range();
    matches!(size, Size::About { .. }).then(|| Interval { low: low as f64, high: high as f64 })
}

/// One number for a picture: the size, or where there are too few of a sample those who hit.
pub(super) fn figure(size: Size) -> u64 {
    size.best().unwrap_or_else(|| size.range().0)
}

/// A bar, as long as its part of the longest one.
pub(super) fn bar(value: u64, longest: u64) -> String {
    let eighths = (value as f64 / longest.max(1) as f64 * BAR * 8.0).round() as usize;
    let (full, rest) = (eighths / 8, eighths % 8);
    format!("{}{}", "█".repeat(full), EIGHTHS.get(rest).unwrap_or(&""))
}

/// Who was asked.
pub(super) fn asked(asked: u64, users: u64) -> String {
    if asked >= users {
        format!("everybody was asked: {}", people(users))
    } else {
        format!(
            "{} of {} people were asked, chosen by a hash of their MPID; intervals are of 95 %",
            number(asked),
            number(users)
        )
    }
}

/// Who was asked, of estimates.
pub(super) fn asked_of(estimates: &Estimates) -> String {
    asked(estimates.frame.asked, estimates.frame.users)
}

/// Who was asked, as JSON.
pub(super) fn asked_json(asked: u64, users: u64) -> Value {
    json!({ "asked": asked, "of": users })
}

/// A column: its title, and whether it holds numbers.
pub(super) type Head<'a> = (&'a str, bool);

/// A table without lines, two blanks from the edge.
pub(super) fn table(heads: &[Head<'_>], rows: impl Iterator<Item = Vec<String>>, style: Style) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let cell = |text: &str, numeric: bool| {
        Cell::new(text).set_alignment(if numeric { CellAlignment::Right } else { CellAlignment::Left })
    };
    table.set_header(heads.iter().map(|(title, numeric)| cell(title, *numeric)));
    for row in rows {
        table.add_row(row.iter().zip(heads).map(|(text, (_, numeric))| cell(&visible(text), *numeric)));
    }
    table.force_no_tty();
    let text = table.to_string();
    let mut lines = text.lines().enumerate().map(|(at, line)| match at {
        0 => style.paint(Style::FAINT, line.trim_end()),
        _ => line.trim_end().to_owned(),
    });
    let mut out = String::new();
    lines.by_ref().for_each(|line| {
        out.push(' ');
        out.push_str(&line);
        out.push('\n');
    });
    out
}

/// A text that fits so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_end_in_eighths() {
        assert_eq!(bar(100, 100), "█".repeat(16));
        assert_eq!(bar(1, 128), "▏");
        assert_eq!(bar(0, 0), "");
        assert_eq!(bar(9, 128), "█▏");
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("größer  als\nalles", 20), "größer als alles");
        assert_eq!(cut("größer als alles", 8), "größer…");
    }
}
