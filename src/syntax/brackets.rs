//! Brackets that are not closed.
//!
//! In: the tokens of one piece. Out: the bracket to tell the author of. Linear, no recursion.

use super::items::{self, Piece};
use super::token::{Kind, Tokens};

/// The first bracket of a piece that lacks its partner: the others are likely its consequences.
pub(super) fn unclosed(tokens: &Tokens, piece: &Piece) -> Option<usize> {
    let mut open: Vec<(usize, u8)> = Vec::new();
    let mut unclosed: Vec<usize> = Vec::new();
    for index in piece.tokens.clone() {
        let Some(Kind::Bracket(bracket)) = tokens.get(index).map(|token| token.kind) else { continue };
        match bracket {
            b'{' | b'(' | b'[' => open.push((index, bracket)),
            _ => {
                let opener = match bracket {
                    b'}' => b'{',
                    b')' => b'(',
                    _ => b'[',
                };
                // A brace closes everything inside it; the other brackets close only what they fit.
                while let Some((last, kind)) = open.last().copied() {
                    if kind == opener {
                        open.pop();
                        break;
                    }
                    if kind == b'{' || opener != b'{' {
                        break;
                    }
                    unclosed.push(last);
                    open.pop();
                }
            }
        }
    }
    unclosed.extend(open.iter().filter(|(_, bracket)| *bracket != b'{').map(|(index, _)| *index));
    if !piece.closed {
        unclosed.extend(items::culprit(tokens, piece).map(|broken| broken.open));
    }
    unclosed.into_iter().min()
}
