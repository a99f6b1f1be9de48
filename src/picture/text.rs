//! How wide texts are, and how they are cut.
//!
//! In: a text and the pixels it has. Out: an estimate of its width, or the text cut to fit. No font is asked: whoever
//! opens the picture has another one. Estimates are on the wide side of common sans-serif fonts.

use unicode_width::UnicodeWidthChar;

/// No label is longer, however narrow its characters are: marks that stack on one letter take no width at all.
const LONGEST: usize = 160;

/// How wide a character is, in parts of the size of the font.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.31,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '-' | '/' | '"' => 0.39,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' | '—' => 0.96,
        'A'..='Z' => 0.70,
        '\u{21}'..='\u{7e}' => 0.60,
        _ => match c.width() {
            Some(0) => 0.0,
            Some(2) => 1.25,
            _ => 0.65,
        },
    }
}

/// About how many pixels wide a text is in a font of so many pixels.
pub(super) fn width(text: &str, font: i32) -> i32 {
    let parts: f64 = text.chars().take(LONGEST * 4).map(advance).sum();
    (parts * f64::from(font)).ceil() as i32
}

/// A text that has so many pixels, with `…` for what is cut. `None` where it fits.
pub(super) fn cut(text: &str, font: i32, room: i32) -> Option<String> {
    let longer = text.char_indices().nth(LONGEST).is_some();
    if !longer && width(text, font) <= room {
        return None;
    }
    let room = f64::from(room) / f64::from(font.max(1)) - advance('…');
    let mut taken = 0.0;
    let kept: String = text
        .chars()
        .take(LONGEST)
        .take_while(|c| {
            taken += advance(*c);
            taken <= room
        })
        .collect();
    // A joiner at the end would join the mark of the cut.
    let kept = kept.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0f}'));
    Some(format!("{kept}…"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_cut_to_their_room() {
        assert_eq!(cut("short", 12, 60), None);
        let long = "a label that is much too long for its room";
        let shown = cut(long, 12, 100).unwrap();
        assert!(shown.ends_with('…') && width(&shown, 12) <= 100, "{shown}");
        assert_eq!(cut("abc", 12, 0).as_deref(), Some("…"));
    }

    #[test]
    fn stacked_marks_are_cut_too() {
        let shown = cut(&format!("z{}", "\u{301}".repeat(5000)), 12, 100).unwrap();
        assert!(shown.chars().count() <= LONGEST + 1);
    }
}
