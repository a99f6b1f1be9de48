//! Text of unknown origin inside Markdown.
//!
//! In: what a user wrote. Out: Markdown that shows it and does nothing else. A code span holds anything: inside it there is no emphasis, no link, no image, no
//! mention, no HTML. It is as long as it may be before it is put into its fence, so that it is never cut inside of it.

use crate::report::{visible, xml_character};

/// Longer texts are cut: the page and the terminal show all of them.
const LONGEST: usize = 300;

/// The text as it is where it has nothing but letters, digits and spaces, otherwise in a code span.
pub(super) fn plain(text: &str) -> String {
    let harmless = |c: char| c.is_alphanumeric() || c == ' ';
    let trimmed = text.trim();
    if !trimmed.is_empty() && trimmed.len() <= LONGEST && trimmed.chars().all(harmless) {
        return trimmed.to_owned();
    }
    code(text)
}

/// A code span, for a paragraph, a list or a cell of a table.
pub(super) fn code(text: &str) -> String {
    let shown = cut(&cell(&visible(text)));
    if shown.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // One space on each side is taken away again.
    let pad = if shown.starts_with(['`', ' ']) || shown.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

/// A sentence of the program, without what a user wrote: only its figures hold a mark of markup, `<10`.
pub(super) fn told(sentence: &str) -> String {
    sentence.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Bars end the cell of a table, in code spans too. The backslash before a bar is taken away by the table; one that stands there already would be escaped
/// itself, so that such a bar becomes one that only looks like it.
fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars().map(xml_character) {
        match c {
            '|' if before == '\\' => cell.push('│'),
            '|' => cell.push_str("\\|"),
            _ => cell.push(c),
        }
        before = c;
    }
    cell
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        // A backslash at the end may be half of an escaped bar.
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end_matches('\\')),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_spans_hold_anything() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a ``b`` |c"), "```a ``b`` \\|c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(" \n"), "(empty)");
        assert_eq!(code("a\\|b"), "`a\\│b`");
        assert_eq!(code("a\n# <b>\u{202e}"), "`a # <b>\u{fffd}`");
        assert_eq!(code(&"|".repeat(400)).chars().count(), 302 + 1);
    }

    #[test]
    fn harmless_text_stays_as_it_is() {
        assert_eq!(plain("Lapsed spenders 2"), "Lapsed spenders 2");
        for text in ["@team", "#12", "www.example.com", "a_b_c", "<b>", "![x](y)", "1. x"] {
            assert!(plain(text).starts_with('`'), "{text}");
        }
    }
}
