//! Places for the things of a graph: in columns from left to right as things flow, with few crossings.
//!
//! In: a graph without circles. Out: what stands in each column from top to bottom, and the way of each edge. Data stand in
//! the first column, an audience one column right of all that it nests, outputs in the last. Where an edge spans columns, it
//! gets a gap to pass through, shared with others that end at the same thing. Within a column spots are ordered by the mean
//! place of their neighbours, a few times to and fro; ties keep the order of the graph, so that the result never changes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Graph, Thing, ThingKind};

/// How often columns are ordered by their neighbours.
const ROUNDS: usize = 8;

/// What takes room in a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spot {
    /// A thing.
    Thing(Thing),
    /// A gap for the edges that end at a thing, in one column.
    Gap(Thing, usize),
}

/// A graph in columns.
pub(super) struct Layout {
    /// The spots of each column from top to bottom.
    pub(super) columns: Vec<Vec<Spot>>,
    /// Each piece of an edge, from one column to the next.
    pub(super) pieces: BTreeSet<(Spot, Spot)>,
}

/// Lays a graph out.
pub(super) fn layout(graph: &Graph) -> Layout {
    let ranks = ranks(graph);
    let last = ranks.values().max().copied().unwrap_or(0);
    let mut columns: Vec<BTreeSet<Spot>> = vec![BTreeSet::new(); last + 1];
    let mut put = |rank: usize, spot: Spot| {
        if let Some(column) = columns.get_mut(rank) {
            column.insert(spot);
        }
    };
    let mut pieces = BTreeSet::new();
    for (from, to) in &graph.edges {
        let rank = |thing: &Thing| ranks.get(thing).copied().unwrap_or(0);
        let mut before = Spot::Thing(from.clone());
        for column in rank(from) + 1..rank(to) {
            let gap = Spot::Gap(to.clone(), column);
            put(column, gap.clone());
            pieces.insert((before, gap.clone()));
            before = gap;
        }
        pieces.insert((before, Spot::Thing(to.clone())));
    }
    ranks.into_iter().for_each(|(thing, rank)| put(rank, Spot::Thing(thing)));
    let columns = columns.into_iter().map(|column| column.into_iter().collect()).collect();
    let mut layout = Layout { columns, pieces };
    for round in 0..ROUNDS {
        layout.order(round % 2 == 0);
    }
    layout
}

/// The column of each thing: the longest way to it, without columns that nothing stands in.
fn ranks(graph: &Graph) -> BTreeMap<Thing, usize> {
    let things = graph.things();
    let has_data = things.iter().any(|thing| !matches!(thing, Thing::Audience(_) | Thing::Output(_)));
    let start = |thing: &Thing| usize::from(has_data && thing.kind().is_none());
    let mut ranks: BTreeMap<Thing, usize> = things.into_iter().map(|thing| (thing.clone(), start(&thing))).collect();
    // A way is never longer than there are things; where nothing moves any more, all is done.
    for _ in 0..ranks.len() {
        let mut moved = false;
        for (from, to) in &graph.edges {
            let after = ranks.get(from).map_or(0, |rank| rank + 1);
            if let Some(rank) = ranks.get_mut(to)
                && *rank < after
            {
                *rank = after;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    let last = ranks.iter().filter(|(thing, _)| thing.kind().is_none()).map(|(_, rank)| *rank + 1).max().unwrap_or(0);
    let outputs = ranks.iter_mut().filter(|(thing, _)| thing.kind() == Some(ThingKind::Outputs));
    outputs.for_each(|(_, rank)| *rank = last.max(*rank));
    let taken: Vec<usize> = ranks.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
    ranks.values_mut().for_each(|rank| *rank = taken.partition_point(|each| each < rank));
    ranks
}

impl Layout {
    /// Orders each column by the mean place of the neighbours in the column before it, or after it.
    fn order(&mut self, forwards: bool) {
        let mut near: BTreeMap<&Spot, Vec<&Spot>> = BTreeMap::new();
        for (from, to) in &self.pieces {
            let (spot, neighbour) = if forwards { (to, from) } else { (from, to) };
            near.entry(spot).or_default().push(neighbour);
        }
        let middle = |column: &[Spot], at: usize| at as f64 - column.len() as f64 / 2.0;
        let mut places: BTreeMap<Spot, f64> = BTreeMap::new();
        for column in &self.columns {
            places.extend(column.iter().enumerate().map(|(at, spot)| (spot.clone(), middle(column, at))));
        }
        let mut each: Vec<&mut Vec<Spot>> = self.columns.iter_mut().collect();
        if !forwards {
            each.reverse();
        }
        for column in each {
            let mean = |spot: &Spot| {
                let near = near.get(spot).into_iter().flatten().filter_map(|near| places.get(*near));
                let near: Vec<f64> = near.copied().collect();
                let own = places.get(spot).copied().unwrap_or(0.0);
                if near.is_empty() { own } else { near.iter().sum::<f64>() / near.len() as f64 }
            };
            let mut keyed: Vec<(f64, Spot)> = column.drain(..).map(|spot| (mean(&spot), spot)).collect();
            keyed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
            column.extend(keyed.into_iter().map(|(_, spot)| spot));
            for (at, spot) in column.iter().enumerate() {
                places.insert(spot.clone(), middle(column, at));
            }
        }
    }
}
