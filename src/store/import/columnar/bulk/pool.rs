//! The texts of attributes, each once over all keys and files, while events are gathered.

use rayon::prelude::*;

use super::super::super::super::column::{NULL, is_no_value};
use super::super::super::super::interner::Interner;
use super::decode::Decoded;
use super::source::OpenSource;

/// A pool for each attribute.
#[derive(Default)]
pub(super) struct Pools(Vec<Pool>);

/// The texts of one attribute.
pub(super) struct Pool {
    /// Whether it is an attribute of actions.
    pub(super) of_action: bool,
    pub(super) name: String,
    pub(super) texts: Interner,
}

/// What the places of a chunk's texts are in the pools: for each attribute of the source, for each distinct text.
pub(super) type Codes = Vec<Vec<u32>>;

impl Pools {
    /// The number of an attribute's pool.
    pub(super) fn number(&mut self, of_action: bool, name: &str) -> usize {
        let found = self.0.iter().position(|pool| pool.of_action == of_action && pool.name == name);
        found.unwrap_or_else(|| {
            self.0.push(Pool { of_action, name: name.to_owned(), texts: Interner::default() });
            self.0.len() - 1
        })
    }

    pub(super) fn get(&self, number: usize) -> Option<&Pool> {
        self.0.get(number)
    }

    /// A pool whose texts did not fit.
    pub(super) fn overflowed(&self) -> Option<String> {
        self.0.iter().find(|pool| pool.texts.overflowed()).map(|pool| pool.name.clone())
    }

    /// Takes the texts of some chunks, in order; each pool by itself.
    pub(super) fn codes(&mut self, open: &OpenSource<'_>, decoded: &[Decoded]) -> Vec<Codes> {
        let of_pool = |(number, pool): (usize, &mut Pool)| {
            let places: Vec<usize> =
                open.attributes.iter().enumerate().filter(|(_, (_, each))| *each == number).map(|(at, _)| at).collect();
            places.into_iter().map(|place| (place, pool.codes(open, place, decoded))).collect::<Vec<_>>()
        };
        let taken: Vec<_> = self.0.par_iter_mut().enumerate().flat_map_iter(of_pool).collect();
        let mut all: Vec<Codes> = decoded.iter().map(|_| vec![Vec::new(); open.attributes.len()]).collect();
        for (place, of_chunks) in taken {
            for (codes, own) in all.iter_mut().zip(of_chunks) {
                codes[place] = own;
            }
        }
        all
    }
}

impl Pool {
    fn codes(&mut self, open: &OpenSource<'_>, place: usize, decoded: &[Decoded]) -> Vec<Vec<u32>> {
        let column = open.attributes.get(place).map_or(0, |(column, _)| *column);
        let of_chunk = |decoded: &Decoded| {
            let texts = decoded.texts.get(column).and_then(Option::as_ref);
            let code = |text: &str| if is_no_value(text) { NULL } else { self.texts.intern(text) };
            texts.map(|texts| texts.all().map(code).collect()).unwrap_or_default()
        };
        decoded.iter().map(of_chunk).collect()
    }
}
