//! The fewest criteria whose change would turn a membership round.
//!
//! In: a tree with verdicts. Out: numbers of criteria. By recursion: to make a group of `all` hold, everything in it that
//! does not hold must change; to make it not hold, the cheapest one must. A nested audience counts as one. Of several ways of
//! one size, the one written first.

use super::node::{Fewest, Inside, Node, Tree};

/// What would turn the membership round.
pub(super) fn fewest(tree: &Tree) -> Fewest {
    if tree.stored {
        return Fewest::Nothing;
    }
    if !tree.population.holds {
        return Fewest::Population;
    }
    changes(&tree.root, !tree.root.holds).map_or(Fewest::Nothing, Fewest::Criteria)
}

/// What must change so that a criterion holds, or does not; `None` where nothing can make it so.
fn changes(node: &Node, wanted: bool) -> Option<Vec<usize>> {
    if node.holds == wanted {
        return Some(Vec::new());
    }
    match (&node.inside, wanted) {
        (Inside::All(inner), true) | (Inside::Any(inner), false) => {
            let each: Option<Vec<_>> = inner.iter().map(|node| changes(node, wanted)).collect();
            each.map(|each| each.concat())
        }
        (Inside::All(inner), false) | (Inside::Any(inner), true) => {
            // The first of the shortest.
            inner.iter().filter_map(|node| changes(node, wanted)).min_by_key(Vec::len)
        }
        (Inside::Not(inner), _) => changes(inner, !wanted),
        (Inside::Leaf(_), _) if node.is_constant() => None,
        (Inside::Leaf(_) | Inside::Member(..), _) => Some(vec![node.number]),
    }
}

impl Node {
    /// Whether it asks nothing.
    fn is_constant(&self) -> bool {
        matches!(self.text.as_str(), "everyone" | "not everyone")
    }
}
