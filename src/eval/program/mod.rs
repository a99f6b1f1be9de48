//! All audiences as one directed graph: leaves that read data, nodes that combine them.
//!
//! In: a [`Model`]. Out: a [`Program`], which holds for any data and any `now`.
//!
//! What always holds: two leaves never ask the same question, whatever label, place or spelling it had; a node's operands
//! are leaves or earlier nodes; an audience's membership is its population and its criterion, joined at the very end.

mod canonical;
mod lower;
mod period;
mod question;
mod reach;

use std::collections::BTreeSet;

use crate::base::Address;
use crate::ir::{Audience, Model};

pub(super) use lower::nested_first;
pub use period::Period;
pub(super) use question::{
    Aggregate, Cart, Circle, Families, Family, Link, Located, Occurrence, Picked, Questions, Seen, Selected, Stream,
    Valued,
};
pub use reach::Reach;

/// The evaluator's form of a model.
#[derive(Debug, Default)]
pub struct Program {
    /// What the leaves ask, by what they read.
    pub(super) questions: Questions,
    /// The nodes, each after its operands.
    pub(super) nodes: Vec<Node>,
    /// The membership of each audience.
    pub(super) roots: Vec<(Address, Operand)>,
}

/// All of its operands. "Any of" is the complement of all complements, so that one kind of node serves both and equal
/// meanings meet in one node. Operands are sorted, distinct, at least two, and never constant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Node(pub(super) Vec<Operand>);

/// One bit for each user, or its complement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Operand {
    pub(super) source: Source,
    pub(super) negated: bool,
}

/// Where bits come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Source {
    /// Everybody.
    True,
    /// The leaf of this slot.
    Leaf(u32),
    /// The node at this place.
    Node(u32),
}

impl Program {
    /// The program of the active real-time audiences of a model; with `only`, of those among them and of what they nest.
    /// The memberships of standard audiences that they nest are given to it (M23).
    pub fn new(model: &Model, only: Option<&BTreeSet<Address>>) -> Self {
        lower::lower(model, only)
    }

    /// The program of one standard audience, which has a `now` of its own. Those that it nests are given to it.
    pub(super) fn standard(model: &Model, audience: &Audience) -> Self {
        lower::lower_standard(model, audience)
    }

    /// The audiences that it gives members of, in the order of their addresses.
    pub fn audiences(&self) -> impl Iterator<Item = &Address> {
        self.roots.iter().map(|(address, _)| address)
    }

    /// How many different questions are asked of the data.
    pub fn leaf_count(&self) -> usize {
        self.questions.len()
    }

    /// The leaves that each audience stands on, in the order of the audiences.
    pub(super) fn leaves(&self) -> impl Iterator<Item = (&Address, BTreeSet<u32>)> {
        self.roots.iter().map(|(address, root)| (address, self.leaves_under(*root)))
    }

    fn leaves_under(&self, root: Operand) -> BTreeSet<u32> {
        let (mut leaves, mut entered) = (BTreeSet::new(), BTreeSet::new());
        let mut open = vec![root];
        while let Some(operand) = open.pop() {
            match operand.source {
                Source::True => {}
                Source::Leaf(slot) => {
                    leaves.insert(slot);
                }
                Source::Node(node) => {
                    if entered.insert(node) {
                        open.extend(self.nodes.get(node as usize).into_iter().flat_map(|node| &node.0));
                    }
                }
            }
        }
        leaves
    }

    /// How many different combinations are made of them.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }
}

impl Operand {
    pub(super) const TRUE: Self = Self { source: Source::True, negated: false };
    pub(super) const FALSE: Self = Self { source: Source::True, negated: true };

    fn leaf(slot: u32) -> Self {
        Self { source: Source::Leaf(slot), negated: false }
    }

    fn negated_if(self, negated: bool) -> Self {
        Self { negated: self.negated != negated, ..self }
    }
}
