//! How far audiences are the same people.
//!
//! In: estimates. Out: for every two of them how many are in both, and how alike they are.

use rayon::prelude::*;

use super::{Estimates, FEWEST_HITS, Size};

/// What two audiences have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overlap {
    /// The first audience, by its place among the estimates.
    pub first: usize,
    /// The second one, which stands later.
    pub second: usize,
    /// How many are in both.
    pub both: Size,
    /// The part of the first that is in the second, 0 to 1; `None` where nobody is in the first, or of a sample
    /// too few.
    pub of_first: Option<f64>,
    /// The part of the second that is in the first.
    pub of_second: Option<f64>,
    /// Those in both among those in any: 1 where they are the same, 0 where nobody is in both (Jaccard). `None` where both are empty.
    pub alike: Option<f64>,
}

/// Every two of some audiences, by their places.
pub fn overlaps(estimates: &Estimates) -> Vec<Overlap> {
    let audiences = &estimates.audiences;
    let pairs: Vec<(usize, usize)> = (0..audiences.len())
        .flat_map(|first| (first + 1..audiences.len()).map(move |second| (first, second)))
        .collect();
    let overlap = |(first, second): (usize, usize)| {
        let (a, b) = (&audiences.get(first)?.members, &audiences.get(second)?.members);
        let both = a.intersection_len(b);
        // Of a sample, a share of few says nothing.
        let least = if estimates.frame.is_everybody() { 1 } else { FEWEST_HITS };
        let share = |of: u64| (of >= least).then(|| both as f64 / of as f64);
        Some(Overlap {
            first,
            second,
            both: estimates.frame.size(both),
            of_first: share(a.len()),
            of_second: share(b.len()),
            alike: share(a.len() + b.len() - both),
        })
    };
    pairs.into_par_iter().filter_map(overlap).collect()
}
