//! What uses what: the order that puts everything after what it uses, and the circles that have no such order.
//!
//! In: edges between numbered nodes. Out: a [`Walk`]. Keeps a stack of its own, since how deep things nest is the user's
//! to choose.

use crate::base::Span;

/// For each node what it uses, and where.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// Edges by node; each target at most once.
    pub(super) edges: Vec<Vec<(usize, Span)>>,
}

/// A way that comes back to where it starts.
#[derive(Debug)]
pub(super) struct Circle {
    /// The nodes, the first one once more at the end.
    pub(super) way: Vec<usize>,
    /// The edge that closes it.
    pub(super) span: Span,
}

/// All nodes in order.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Every node after what it uses, circles apart.
    pub(super) order: Vec<usize>,
    /// Every circle once, by the node it was entered at.
    pub(super) circles: Vec<Circle>,
}

impl Graph {
    /// Adds an edge, unless there is one already.
    pub(super) fn add(&mut self, from: usize, to: usize, span: Span) {
        if let Some(edges) = self.edges.get_mut(from)
            && !edges.iter().any(|(known, _)| *known == to)
        {
            edges.push((to, span));
        }
    }

    /// What a node uses.
    pub(super) fn of(&self, node: usize) -> &[(usize, Span)] {
        self.edges.get(node).map_or(&[], Vec::as_slice)
    }

    /// Visits every node.
    pub(super) fn walk(&self) -> Walk {
        let mut walk = Walk::default();
        let mut done = vec![false; self.edges.len()];
        let mut on_way = vec![false; self.edges.len()];
        for start in 0..self.edges.len() {
            let mut way: Vec<(usize, usize)> = Vec::new();
            if !is_set(&done, start) {
                set(&mut on_way, start, true);
                way.push((start, 0));
            }
            while let Some((at, next)) = way.last_mut() {
                let at = *at;
                let Some((to, span)) = self.of(at).get(*next).copied() else {
                    set(&mut on_way, at, false);
                    set(&mut done, at, true);
                    walk.order.push(at);
                    way.pop();
                    continue;
                };
                *next += 1;
                if is_set(&on_way, to) {
                    let nodes = way.iter().map(|(node, _)| *node).skip_while(|node| *node != to);
                    walk.circles.push(Circle { way: nodes.chain([to]).collect(), span });
                } else if !is_set(&done, to) {
                    set(&mut on_way, to, true);
                    way.push((to, 0));
                }
            }
        }
        walk
    }
}

fn is_set(flags: &[bool], at: usize) -> bool {
    flags.get(at).copied().unwrap_or_default()
}

fn set(flags: &mut [bool], at: usize, value: bool) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SourceId;

    fn walk(edges: &[&[usize]]) -> Walk {
        let span = Span::new(SourceId(0), 0, 0);
        let mut graph = Graph { edges: vec![Vec::new(); edges.len()] };
        for (from, targets) in edges.iter().enumerate() {
            targets.iter().for_each(|to| graph.add(from, *to, span));
        }
        graph.walk()
    }

    #[test]
    fn everything_stands_after_what_it_uses() {
        let walk = walk(&[&[2, 1], &[2], &[], &[0]]);
        assert_eq!(walk.order, [2, 1, 0, 3]);
        assert!(walk.circles.is_empty());
    }

    #[test]
    fn circles_are_told_once() {
        let walk = walk(&[&[1], &[2], &[1, 2], &[0, 1]]);
        let ways: Vec<_> = walk.circles.iter().map(|circle| circle.way.clone()).collect();
        assert_eq!(ways, [vec![1, 2, 1], vec![2, 2]]);
        assert_eq!(walk.order.len(), 4);
    }
}
