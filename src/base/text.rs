//! Text as the language compares it: case-folded, character by character (rules M1 and M2).
//!
//! In: what was sent and what was asked for. Out: yes or no. Both sides are folded with Unicode simple case folding
//! (one character to one character); nothing else is normalised, so `é` in one code point differs from `e` + accent.

use std::borrow::Cow;

use icu_casemap::CaseMapper;

/// The text with every character folded to its simple case folding. Borrows where nothing changes.
///
/// ```
/// use aud::base::text::fold;
/// assert_eq!(fold("STRASSE"), "strasse");
/// assert_eq!(fold("ß"), "ß"); // simple folding never makes two characters of one
/// ```
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        // Whole dictionaries are folded before they are searched, and most texts are like this. Looking at every byte,
        // with no early end, is what lets the loop take many at a time.
        let has_capitals = text.bytes().fold(false, |found, byte| found | byte.is_ascii_uppercase());
        return if has_capitals { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) };
    }
    let is_folded = |c: char| fold_char(c) == c;
    if text.chars().all(is_folded) { Cow::Borrowed(text) } else { Cow::Owned(text.chars().map(fold_char).collect()) }
}

fn fold_char(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { CaseMapper::new().simple_fold(c) }
}

/// A wildcard pattern over whole strings: `*` any run, `?` one character, a backslash takes the next one literally (M2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wildcard {
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// This folded character.
    Char(char),
    /// `?`: any one character.
    One,
    /// `*`: any run of characters, also none.
    Any,
}

impl Wildcard {
    /// Reads a pattern. Every text is one; a lone backslash at the end stands for itself.
    pub fn new(pattern: &str) -> Self {
        let mut parts = Vec::new();
        let mut chars = pattern.chars();
        while let Some(c) = chars.next() {
            let part = match c {
                '*' => Part::Any,
                '?' => Part::One,
                '\\' => Part::Char(fold_char(chars.next().unwrap_or('\\'))),
                other => Part::Char(fold_char(other)),
            };
            // A run of stars says what one says; keeping one keeps matching linear in practice.
            if part != Part::Any || parts.last() != Some(&Part::Any) {
                parts.push(part);
            }
        }
        Self { parts }
    }

    /// Whether the whole of an already folded text fits. Time is at most pattern × text, memory constant.
    pub fn matches_folded(&self, folded: &str) -> bool {
        let mut rest = folded.chars();
        let mut at = 0;
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            match self.parts.get(at) {
                Some(Part::Any) => {
                    at += 1;
                    retry = Some((at, rest.clone()));
                    continue;
                }
                Some(part) => {
                    let mut ahead = rest.clone();
                    if let Some(c) = ahead.next()
                        && (*part == Part::One || *part == Part::Char(c))
                    {
                        rest = ahead;
                        at += 1;
                        continue;
                    }
                }
                None if rest.as_str().is_empty() => return true,
                None => {}
            }
            // No fit here: let the last star swallow one character more.
            let Some((after_star, from)) = &mut retry else { return false };
            if from.next().is_none() {
                return false;
            }
            at = *after_star;
            rest = from.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, text: &str) -> bool {
        Wildcard::new(pattern).matches_folded(&fold(text))
    }

    #[test]
    fn wildcards_match_whole_strings() {
        assert!(fits("bl?e", "Blue") && fits("b*e", "blue") && fits("B*E", "be"));
        assert!(!fits("bl?e", "ble") && !fits("bl?e", "bluee") && !fits("blue", "blue shirt"));
        assert!(fits("*a*b*", "xxaxxbxx") && !fits("*a*b", "ab c"));
        assert!(fits("*", "") && fits("", "") && !fits("?", ""));
    }

    #[test]
    fn a_backslash_takes_the_next_literally() {
        assert!(fits("a\\*b", "A*b") && !fits("a\\*b", "axb"));
        assert!(fits("a\\\\", "a\\") && fits("a\\", "a\\"));
    }

    #[test]
    fn folding_is_simple_and_unicode() {
        assert_eq!(fold("ÉCLAIR Σ"), "éclair σ");
        assert_eq!(fold("ς"), "σ");
        assert!(matches!(fold("plain"), Cow::Borrowed(_)));
        assert!(fits("?", "ﬃ"));
    }
}
