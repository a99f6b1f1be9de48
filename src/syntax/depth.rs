//! The limit on nesting, kept before the grammar recurses.
//!
//! In: tokens of one piece. Out: where the limit is passed first. Parentheses, `not`s and labels are one level each.

use std::ops::Range;

use super::token::{Kind, Tokens};

/// How many levels criteria may nest.
pub(super) const DEEPEST: usize = 64;

/// The token that starts the first level too many.
pub(super) fn too_deep(tokens: &Tokens, piece: Range<usize>) -> Option<usize> {
    // Levels that each open parenthesis adds, prefixes before it included.
    let mut open: Vec<usize> = Vec::new();
    let (mut depth, mut prefixes) = (0usize, 0usize);
    for index in piece {
        let token = tokens.get(index)?;
        match token.kind {
            Kind::Bracket(b'(') => {
                open.push(prefixes + 1);
                (depth, prefixes) = (depth + 1, 0);
            }
            Kind::Bracket(b')') => {
                depth = depth.saturating_sub(open.pop().unwrap_or(0));
                prefixes = 0;
            }
            _ => {
                let added = prefix_levels(tokens, index);
                match added {
                    // A label's name; its colon follows.
                    Some(0) => {}
                    Some(added) => (depth, prefixes) = (depth + added, prefixes + added),
                    None => {
                        // The criterion behind the prefixes is as deep as they are; what follows it is not.
                        depth = depth.saturating_sub(prefixes);
                        prefixes = 0;
                    }
                }
            }
        }
        if depth > DEEPEST {
            return Some(index);
        }
    }
    None
}

/// How many levels a token adds as a prefix of a criterion: `not`, each `!`, and the colon of a label; `None` for what
/// is no prefix.
fn prefix_levels(tokens: &Tokens, index: usize) -> Option<usize> {
    let word = tokens.word(index);
    if word == ":" || word.eq_ignore_ascii_case("not") {
        return Some(1);
    }
    if tokens.is_word(index) {
        return (tokens.word(index + 1) == ":").then_some(0);
    }
    let signs = word.bytes().filter(|byte| *byte == b'!').count();
    let is_sign = tokens.get(index).is_some_and(|token| token.kind == Kind::Symbol);
    (is_sign && signs > 0).then_some(signs)
}

#[cfg(test)]
mod tests {
    use super::super::token::scan;
    use super::*;
    use crate::base::SourceId;

    fn deep(text: &str) -> bool {
        let tokens = scan(text, SourceId(0));
        too_deep(&tokens, 0..tokens.all.len()).is_some()
    }

    #[test]
    fn every_way_down_is_counted() {
        for opening in ["(", "not ", "!", "x: (", "not x: (", "!(", "not !("] {
            assert!(deep(&format!("{}everyone", opening.repeat(65))), "{opening}");
        }
        assert!(!deep(&"(".repeat(64)));
        assert!(deep(&format!("{0}x: ({0}everyone", "not ".repeat(33))));
    }

    #[test]
    fn going_up_again_is_counted_too() {
        assert!(!deep(&"not (a: everyone) and ".repeat(1000)));
        assert!(!deep(&"not user \"a\" is not \"b\" and !everyone != ".repeat(1000)));
    }
}
