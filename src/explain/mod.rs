//! Why one user is in one audience, or is not.
//!
//! In: a model, a store, a row of it, an audience, a `now`. Out: an [`Explanation`]: the population first (M12), then a tree
//! of criteria, each with its verdict and the facts that it rests on; the fewest criteria whose change would turn the
//! membership round; the instant at which time alone will.
//!
//! What always holds: every verdict comes from the evaluator, asked over a store of that one user. Facts are found by asking
//! it again, about one event, one value or one identity at a time, so that they cannot contradict the verdict. Nothing of
//! any other user is read.

mod facts;
mod fewest;
mod node;
mod open;
mod person;
mod probe;
mod schedule;
mod tree;
mod turn;

use std::collections::BTreeMap;

use crate::base::{Address, Mpid, Now};
use crate::ir::Model;
use crate::store::Store;

pub(crate) use open::{apart, opened};

pub use node::{
    Abandoned, Compared, EventFact, Fact, Fewest, Inside, Node, Population, Profile, StepFact, Tree, Turn, Value,
};

/// What is to be explained.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// All audiences.
    pub model: &'a Model,
    /// All data.
    pub store: &'a Store,
    /// The user.
    pub row: u32,
    /// The audience.
    pub audience: &'a Address,
    /// The one `now`.
    pub now: Now,
    /// Whether the user is in the standard audiences whose memberships are stored: those are not evaluated again (M23).
    pub stored: &'a BTreeMap<Address, bool>,
}

/// Why a user is in an audience, or is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The user.
    pub mpid: Mpid,
    /// The `now` of the evaluation.
    pub now: Now,
    /// The audience with its criteria.
    pub tree: Tree,
    /// What would turn the membership round.
    pub fewest: Fewest,
    /// When time alone will; `None` is never.
    pub turn: Option<Turn>,
}

/// Explains a membership. `None` where the user or the audience does not exist.
pub fn explain(question: &Question<'_>) -> Option<Explanation> {
    let person = person::Person::of(question.store, question.row)?;
    let tree = tree::tree(question, &person)?;
    Some(Explanation {
        mpid: person.mpid,
        now: question.now,
        fewest: fewest::fewest(&tree),
        turn: turn::turn(question, &person, tree.member),
        tree,
    })
}
