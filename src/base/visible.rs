//! Text of unknown origin, made safe to show.
//!
//! In: any text. Out: the same text with every character replaced that would not be seen as itself: control characters
//! (which can repaint a terminal), and the marks that turn the reading direction or take no room (which can make a text
//! read as another one).

use std::borrow::Cow;

/// The text with unseen characters replaced by `�`; line breaks and tabs become spaces. Borrows where nothing changes.
///
/// ```
/// use aud::base::visible::visible;
/// assert_eq!(visible("plain é"), "plain é");
/// assert_eq!(visible("red \u{1b}[31m, two\nlines"), "red �[31m, two lines");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    let shown = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        _ if is_unseen(c) => char::REPLACEMENT_CHARACTER,
        _ => c,
    };
    if text.chars().all(|c| shown(c) == c) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(shown).collect())
    }
}

/// The same for quoted source, where byte offsets must keep their meaning: every replacement is as many bytes long as
/// what it replaces. Line feeds and tabs stay.
pub(crate) fn visible_source(text: &str) -> Cow<'_, str> {
    let shown = |c: char| match c {
        '\n' | '\t' => c,
        '\r' => ' ',
        _ if !is_unseen(c) => c,
        _ => match c.len_utf8() {
            1 => '?',
            2 => '·',
            _ => char::REPLACEMENT_CHARACTER,
        },
    };
    if text.chars().all(|c| shown(c) == c) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(shown).collect())
    }
}

/// Whether a character does something else than show itself. All of them are at most three bytes long in UTF-8.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A character as XML may hold it: two code points that are no characters become the replacement character.
pub(crate) fn xml_character(c: char) -> char {
    if matches!(c, '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c }
}

/// The text for HTML and XML, as content or between quotes: unseen characters replaced, marks of markup escaped.
///
/// ```
/// use aud::base::visible::markup;
/// assert_eq!(markup("a < \"b\" &\u{202e} c"), "a &lt; &quot;b&quot; &amp;� c");
/// ```
pub fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(xml_character(c)),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_keeps_its_offsets() {
        let text = "a\r\nb\u{1b}\u{85}\u{202e}\u{feff}é\t.";
        let shown = visible_source(text);
        assert_eq!(shown, "a \nb?·��é\t.");
        assert_eq!(shown.len(), text.len());
        assert!(matches!(visible_source("as it is\n"), Cow::Borrowed(_)));
    }
}
