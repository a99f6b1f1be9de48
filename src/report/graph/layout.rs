//! Places for the things of a graph: in columns from left to right as things flow, with few crossings.
//!
//! In: a graph without circles. Out: a place for each thing. Data stand in the first column, an audience one column right of
//! all that it nests, outputs in the last. Within a column things are ordered by the mean place of their neighbours, a few
//! times to and fro; ties keep the order of the graph, so that the result never changes.

use std::collections::BTreeMap;

use super::{Graph, Thing, ThingKind};

/// How often columns are ordered by their neighbours.
const ROUNDS: usize = 8;

/// The things of each column from top to bottom.
pub(super) fn columns(graph: &Graph) -> Vec<Vec<Thing>> {
    let ranks = ranks(graph);
    let last = ranks.values().max().copied().unwrap_or(0);
    let mut columns = vec![Vec::new(); last + 1];
    for (thing, rank) in &ranks {
        if let Some(column) = columns.get_mut(*rank) {
            column.push((*thing).clone());
        }
    }
    for round in 0..ROUNDS {
        order(graph, &mut columns, round % 2 == 0);
    }
    columns.retain(|column| !column.is_empty());
    columns
}

/// The column of each thing: the longest way to it.
fn ranks(graph: &Graph) -> BTreeMap<Thing, usize> {
    let mut ranks: BTreeMap<Thing, usize> = graph.things().into_iter().map(|thing| (thing, 0)).collect();
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
    // Audiences that nothing flows into stand beside those that data flow into.
    let has_data = ranks.keys().any(|thing| !matches!(thing, Thing::Audience(_) | Thing::Output(_)));
    let last = ranks.iter().filter(|(thing, _)| thing.kind().is_none()).map(|(_, rank)| *rank + 1).max().unwrap_or(0);
    for (thing, rank) in &mut ranks {
        match thing.kind() {
            None if has_data => *rank = (*rank).max(1),
            Some(ThingKind::Outputs) => *rank = last.max(*rank),
            _ => {}
        }
    }
    ranks
}

/// Orders each column by the mean place of the neighbours in the columns before it, or after it.
fn order(graph: &Graph, columns: &mut [Vec<Thing>], forwards: bool) {
    let mut places: BTreeMap<Thing, f64> = BTreeMap::new();
    let middle = |column: &[Thing], at: usize| at as f64 - column.len() as f64 / 2.0;
    for column in columns.iter() {
        places.extend(column.iter().enumerate().map(|(at, thing)| (thing.clone(), middle(column, at))));
    }
    let mut each: Vec<&mut Vec<Thing>> = columns.iter_mut().collect();
    if !forwards {
        each.reverse();
    }
    for column in each {
        let mean = |thing: &Thing| {
            let near: Vec<f64> = match forwards {
                true => graph.into(thing).filter_map(|near| places.get(near)).copied().collect(),
                false => graph.out_of(thing).filter_map(|near| places.get(near)).copied().collect(),
            };
            let own = places.get(thing).copied().unwrap_or(0.0);
            if near.is_empty() { own } else { near.iter().sum::<f64>() / near.len() as f64 }
        };
        let mut keyed: Vec<(f64, Thing)> = column.drain(..).map(|thing| (mean(&thing), thing)).collect();
        keyed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        column.extend(keyed.into_iter().map(|(_, thing)| thing));
        for (at, thing) in column.iter().enumerate() {
            places.insert(thing.clone(), middle(column, at));
        }
    }
}
