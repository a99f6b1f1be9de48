//! Whether a split came out as it was asked for.
//!
//! In: an audience with a split, its members, the salt. Out: how many members each variant has beside its share, with the chance that a fair split is at least as
//! far off (sample-ratio test); and for each attribute asked for, how its values are spread over the variants. Both are chi-squared tests, asked only of what is
//! frequent enough for them.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;
use statrs::function::gamma::checked_gamma_ur;

use crate::catalog::ProfileField;
use crate::ir::{Audience, VariantName};
use crate::members::Buckets;
use crate::store::{Column, Store};

/// How many values of an attribute are told apart; the rest are one.
const MOST_VALUES: usize = 10;
/// How many members a variant has to be expected to have for Pearson's test to say anything (Cochran's rule).
const LEAST_EXPECTED: f64 = 5.0;

/// How a split came out.
#[derive(Clone, Debug, PartialEq)]
pub struct Balance {
    /// Each variant with its share in per cent and its members, Control last, where it has a share.
    pub variants: Vec<(VariantName, u8, u64)>,
    /// The chance that a fair split is at least as far off, 0 to 1; `None` where there is nothing to compare.
    pub chance: Option<f64>,
    /// How attributes are spread.
    pub attributes: Vec<Spread>,
}

/// How the values of an attribute are spread over variants.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// The attribute.
    pub attribute: String,
    /// A value, with the members of each variant that have it. The most frequent ones; `None` is no value, the last one may be all others.
    pub values: Vec<(Value, Vec<u64>)>,
    /// The chance that variants drawn at random differ at least as much, over the values that are frequent enough.
    pub chance: Option<f64>,
}

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// This text.
    Text(String),
    /// No value.
    Missing,
    /// Any value that is not listed.
    Other,
}

/// Holds a split against its shares. `None` where the audience has none.
pub fn balance(
    store: &Store,
    audience: &Audience,
    salt: &str,
    members: &RoaringBitmap,
    attributes: &[String],
) -> Option<Balance> {
    let split = audience.split.as_ref()?;
    let buckets = Buckets::new(split.variants.iter().map(|each| each.share));
    let parts = buckets.divide(salt, members, |row| store.users.mpid(row));
    let shares = split.variants.iter().map(|each| each.share).chain([split.control_share()]);
    let all = split.names().zip(shares).zip(&parts);
    let kept: Vec<_> = all.filter(|((_, share), _)| *share > 0).collect();
    let variants: Vec<(VariantName, u8, u64)> =
        kept.iter().map(|((name, share), part)| (name.clone(), *share, part.len())).collect();
    let counts: Vec<u64> = variants.iter().map(|(_, _, members)| *members).collect();
    let shares: Vec<f64> = variants.iter().map(|(_, share, _)| f64::from(*share) / 100.0).collect();
    let parts: Vec<&RoaringBitmap> = kept.iter().map(|(_, part)| *part).collect();
    let spread = |attribute: &String| spread(store, audience, attribute, &parts);
    Some(Balance { chance: fit(&counts, &shares), attributes: attributes.iter().map(spread).collect(), variants })
}

/// How an attribute of the audience's workspaces is spread over sets of members.
fn spread(store: &Store, audience: &Audience, attribute: &str, parts: &[&RoaringBitmap]) -> Spread {
    let field = ProfileField::attribute(attribute);
    let columns: Vec<_> =
        audience.workspaces.iter().filter_map(|workspace| store.users.fields.get(workspace)?.get(&field)).collect();
    let value_of = |row: u32| {
        let text = |column: &&Column| match column.text(row as usize) {
            Some(text) => Some(text.to_owned()),
            None => column.dictionary.list(column.code(row as usize)).map(|entries| entries.join(", ")),
        };
        columns.iter().find_map(text).map_or(Value::Missing, Value::Text)
    };
    let mut counts: BTreeMap<Value, Vec<u64>> = BTreeMap::new();
    for (at, part) in parts.iter().enumerate() {
        for row in part.iter() {
            let of_value = counts.entry(value_of(row)).or_insert_with(|| vec![0; parts.len()]);
            of_value.get_mut(at).into_iter().for_each(|count| *count += 1);
        }
    }
    let mut values: Vec<(Value, Vec<u64>)> = counts.into_iter().collect();
    // The most frequent first; among equals the order of the values, so that it is always the same.
    values.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.iter().sum::<u64>()));
    let sizes: Vec<u64> = parts.iter().map(|part| part.len()).collect();
    let is_frequent = |(_, counts): &&(Value, Vec<u64>)| {
        let (value, all) = (counts.iter().sum::<u64>() as f64, sizes.iter().sum::<u64>() as f64);
        sizes.iter().filter(|size| **size > 0).all(|size| value * *size as f64 / all >= LEAST_EXPECTED)
    };
    let frequent = values.iter().take_while(is_frequent).count();
    let rest = values.split_off(frequent.min(MOST_VALUES));
    if !rest.is_empty() {
        let sum = |at: usize| rest.iter().filter_map(|(_, counts)| counts.get(at)).sum();
        values.push((Value::Other, (0..parts.len()).map(sum).collect()));
    }
    let table: Vec<&[u64]> = values.iter().filter(is_frequent).map(|(_, counts)| counts.as_slice()).collect();
    Spread { attribute: attribute.to_owned(), chance: independence(&table), values }
}

/// The chance that people divided by these shares, in per cent, come out at least as far off as these counts (sample-ratio test); `None` where there
/// are too few of them to say. Variants without a share are left out, Control among them.
pub fn sample_ratio(shares: &[u8], counts: &[u64]) -> Option<f64> {
    let kept = shares.iter().zip(counts).filter(|(share, _)| **share > 0);
    let (shares, counts): (Vec<f64>, Vec<u64>) = kept.map(|(share, count)| (f64::from(*share) / 100.0, *count)).unzip();
    fit(&counts, &shares)
}

/// The chance that counts drawn with these shares are at least as far off (Pearson's test of fit).
fn fit(counts: &[u64], shares: &[f64]) -> Option<f64> {
    let all = counts.iter().sum::<u64>() as f64;
    if counts.len() < 2 || shares.iter().any(|share| share * all < LEAST_EXPECTED) {
        return None;
    }
    let off = |(count, share): (&u64, &f64)| {
        let expected = share * all;
        (*count as f64 - expected).powi(2) / expected
    };
    chance(counts.iter().zip(shares).map(off).sum(), counts.len() - 1)
}

/// The chance that rows and columns that have nothing to do with each other look at least as related (Pearson's test of independence).
fn independence(table: &[&[u64]]) -> Option<f64> {
    let row_sums: Vec<f64> = table.iter().map(|row| row.iter().sum::<u64>() as f64).collect();
    let columns = table.first()?.len();
    let column_sums: Vec<f64> =
        (0..columns).map(|at| table.iter().filter_map(|row| row.get(at)).sum::<u64>() as f64).collect();
    let all: f64 = row_sums.iter().sum();
    let filled = |sums: &[f64]| sums.iter().filter(|sum| **sum > 0.0).count();
    let freedom = filled(&row_sums).checked_sub(1)? * filled(&column_sums).checked_sub(1)?;
    let mut sum = 0.0;
    for (row, row_sum) in table.iter().zip(&row_sums) {
        for (count, column_sum) in row.iter().zip(&column_sums).filter(|(_, sum)| **sum > 0.0) {
            let expected = row_sum * column_sum / all;
            sum += (*count as f64 - expected).powi(2) / expected;
        }
    }
    chance(sum, freedom)
}

/// The chance of a chi-squared value at least as large.
fn chance(value: f64, freedom: usize) -> Option<f64> {
    match (freedom, value) {
        (0, _) => None,
        (_, 0.0) => Some(1.0),
        _ => checked_gamma_ur(freedom as f64 / 2.0, value / 2.0).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_those_of_the_books() {
        // The 5 % points of chi-squared with 1, 2 and 10 degrees of freedom.
        for (value, freedom) in [(3.841_459, 1), (5.991_465, 2), (18.307_038, 10)] {
            assert!((chance(value, freedom).unwrap() - 0.05).abs() < 1e-6, "{freedom}");
        }
        assert_eq!(fit(&[50, 50], &[0.5, 0.5]), Some(1.0));
        assert_eq!(sample_ratio(&[40, 60, 0], &[40, 60, 0]), Some(1.0));
        assert!(sample_ratio(&[40, 40, 20], &[500, 300, 200]).unwrap() < 1e-9);
        assert!(fit(&[600, 400], &[0.5, 0.5]).unwrap() < 1e-9);
        assert_eq!((fit(&[5], &[1.0]), fit(&[0, 0], &[0.5, 0.5])), (None, None));
        assert_eq!(fit(&[300, 0], &[0.99, 0.01]), None, "three are expected: too few to say anything");
        // Two by two: 4 degrees fewer than cells, the value is 100 × (10 × 40 − 20 × 30)² / (30 × 70 × 40 × 60).
        let expected = chance(100.0 * 40_000.0 / 5_040_000.0, 1);
        assert!((independence(&[&[10, 20], &[30, 40]]).unwrap() - expected.unwrap()).abs() < 1e-9);
    }
}
