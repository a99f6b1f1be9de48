//! Text to tree, and tree to text. No name is resolved and no type is known here.
//!
//! In: the text of one file. Out: [`Parsed`]: a tree with everything that could be read, the comments, and a diagnostic
//! for everything that could not. Parsing never stops at the first error and never fails as a whole.

pub mod ast;
mod brackets;
mod build;
mod depth;
mod docs;
mod expected;
mod format;
mod grammar;
mod items;
mod mistakes;
mod read;
mod read_blocks;
mod token;
mod words;

use crate::base::{Source, SourceId, Span};
use crate::diagnostic::Diagnostics;

pub use format::format;

/// What parsing one file gave.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// Everything that could be read.
    pub file: ast::File,
    /// Comments that are not doc comments, in the order written.
    pub comments: Vec<Comment>,
    /// What could not be read, and likely mistakes with their fixes.
    pub diagnostics: Diagnostics,
}

/// A `#` comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// With its marker.
    pub span: Span,
    /// Whether nothing but white space stands before it on its line.
    pub own_line: bool,
}

/// Reads one file.
pub fn parse(source: &Source, id: SourceId) -> Parsed {
    read::read(source, id)
}
