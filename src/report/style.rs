//! How text for people looks: its width and whether it is coloured, and the few colours there are.
//!
//! In: a decision of the surface (terminal or pipe, `NO_COLOR`). Out: painted strings. Always: without colour, a report
//! holds no escape sequence at all, so that it can be compared, stored and mailed.

use std::fmt::Display;

use anstyle::{AnsiColor, Style as Paint};

/// How a report is drawn. Pass it on by value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Style {
    /// Whether escape sequences may be used for colour.
    pub color: bool,
    /// How many columns prose is wrapped to. Quoted source is never wrapped.
    pub width: usize,
}

impl Style {
    /// No colour, 100 columns: for files, pipes and snapshots.
    pub const PLAIN: Self = Self { color: false, width: 100 };

    /// Errors, and what is taken away.
    pub const ERROR: Paint = AnsiColor::Red.on_default().bold();
    /// Warnings.
    pub const WARNING: Paint = AnsiColor::Yellow.on_default().bold();
    /// What is added, and what went well.
    pub const ADDED: Paint = AnsiColor::Green.on_default();
    /// What is removed.
    pub const REMOVED: Paint = AnsiColor::Red.on_default();
    /// Advice.
    pub const ADVICE: Paint = AnsiColor::Cyan.on_default();
    /// What the eye should find first.
    pub const STRONG: Paint = Paint::new().bold();
    /// What the eye may skip.
    pub const FAINT: Paint = Paint::new().dimmed();

    /// The text in a colour, or as it is where the style has none.
    pub fn paint(self, paint: Paint, text: impl Display) -> String {
        if self.color { format!("{paint}{text}{paint:#}") } else { text.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_only_used_where_wanted() {
        assert_eq!(Style::PLAIN.paint(Style::ERROR, "no"), "no");
        let painted = Style { color: true, ..Style::PLAIN }.paint(Style::ERROR, "no");
        assert!(painted.starts_with('\u{1b}') && painted.contains("no"));
    }
}
