//! Gives doc comments to the items that follow them.
//!
//! In: all comments of a file, then its items in the order written. Out: items with their documentation, and the comments
//! that no item took.

use super::Comment;
use super::token::Tokens;
use crate::base::{Span, Spanned};
use crate::syntax::ast::{Doc, Item};

/// The comments of a file while its items are read.
pub(super) struct Docs {
    /// Each comment, whether it has a line of its own, and what it documents if it is documentation.
    all: Vec<(Span, bool, Option<Doc>)>,
    /// The first one that no item has passed.
    next: usize,
    /// Which ones an item took.
    taken: Vec<bool>,
}

impl Docs {
    /// The comments of a text, none taken yet.
    pub(super) fn new(tokens: &Tokens) -> Self {
        let comments = tokens.comments.iter().map(|comment| {
            let text = tokens.slice(comment.span.start as usize, comment.span.end as usize);
            let doc = text.strip_prefix("##").filter(|_| comment.own_line).map(|line| {
                let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
                Spanned::new(line.to_owned(), comment.span)
            });
            (comment.span, comment.own_line, doc)
        });
        let all: Vec<_> = comments.collect();
        let taken = vec![false; all.len()];
        Self { all, next: 0, taken }
    }

    /// Passes the comments before a place.
    pub(super) fn skip(&mut self, start: u32) {
        while self.all.get(self.next).is_some_and(|(span, ..)| span.start < start) {
            self.next += 1;
        }
    }

    /// Moves the doc comments that stand right before an item into it.
    pub(super) fn attach(&mut self, mut item: Item, start: u32) -> Item {
        let from = self.next;
        self.skip(start);
        let docs = match &mut item {
            Item::Audience(audience) => &mut audience.docs,
            Item::Criterion(criterion) => &mut criterion.docs,
            Item::Calculated(item) => &mut item.docs,
            Item::BulkConnect(item) => &mut item.docs,
            Item::Guard(item) => &mut item.docs,
            Item::Assert(item) => &mut item.docs,
            Item::Test(item) => &mut item.docs,
            Item::Defaults(_) | Item::Moved(_) => return item,
        };
        for index in from..self.next {
            if let Some((.., Some(doc))) = self.all.get(index) {
                docs.push(doc.clone());
                self.taken[index] = true;
            }
        }
        item
    }

    /// The comments that no item took.
    pub(super) fn comments(self) -> Vec<Comment> {
        let comments = self.all.into_iter().zip(self.taken).filter(|(_, taken)| !taken);
        comments.map(|((span, own_line, _), _)| Comment { span, own_line }).collect()
    }
}
