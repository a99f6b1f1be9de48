//! The gazetteer: cities of the world by name, with their coordinates (M17).
//!
//! In: a text such as `Paris`, `Paris, FR`, `Paris, France`, `Paris, TX, US`. Out: every city that it may stand for, most
//! people first. Case is ignored (M1). A city is only known where at least 15,000 people live; the tables are in `data/`.

use std::sync::LazyLock;

use crate::base::suggest;
use crate::base::text::fold;

/// Cities by spelling, in the order of the folded spellings.
const PLACES: &str = include_str!("../../data/places.tsv");
/// Countries by code.
const COUNTRIES: &str = include_str!("../../data/countries.tsv");
/// States of the United States by code.
const STATES: &str = include_str!("../../data/us_states.tsv");

/// The lines of the cities, each with its folded spelling in order; made at the first look-up.
static LINES: LazyLock<Vec<&str>> = LazyLock::new(|| PLACES.lines().collect());

/// A city.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct City {
    /// Its name.
    pub name: &'static str,
    /// The code of its state, in the United States; empty elsewhere.
    pub state: &'static str,
    /// The code of its country.
    pub country: &'static str,
    /// How many people live there.
    pub population: u64,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// The cities that a text may stand for, most people first.
pub fn find(text: &str) -> Vec<City> {
    let whole = named(text.trim());
    if !whole.is_empty() {
        return whole;
    }
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    match parts.as_slice() {
        [name, region] => named(name).into_iter().filter(|city| city.lies_in(region)).collect(),
        [name, state, country] => {
            let inside = |city: &City| is_state(city.state, state) && is_country(city.country, country);
            named(name).into_iter().filter(inside).collect()
        }
        _ => Vec::new(),
    }
}

/// Texts that stand for one city each and are near to one that stands for none.
pub fn suggestions(text: &str) -> Vec<String> {
    let name = text.split(',').next().unwrap_or(text).trim();
    let spellings = LINES.iter().filter_map(|line| line.split('\t').next());
    let near = match named(name) {
        // The name is right and the region is not.
        known if !known.is_empty() => known,
        _ => suggest::nearest(name, spellings).into_iter().flat_map(named).collect(),
    };
    let in_region: Vec<City> = match text.rsplit_once(',') {
        Some((_, region)) => near.iter().filter(|city| city.lies_in(region.trim())).copied().collect(),
        None => Vec::new(),
    };
    let near = if in_region.is_empty() { near } else { in_region };
    near.iter().filter_map(City::spelling).take(3).collect()
}

impl City {
    /// The shortest text that stands for this city alone; there is none where two share state and country.
    pub fn spelling(&self) -> Option<String> {
        let Self { name, state, country, .. } = self;
        let mut spellings = match state.is_empty() {
            true => vec![format!("{name}, {country}")],
            false => vec![format!("{name}, {state}, {country}")],
        };
        spellings.extend(country_names(country).map(|country| format!("{name}, {country}")));
        spellings.into_iter().find(|text| matches!(find(text).as_slice(), [only] if only == self))
    }

    /// Whether a word after the name says where it lies: its state or its country.
    fn lies_in(&self, region: &str) -> bool {
        is_country(self.country, region) || is_state(self.state, region)
    }

    fn read(line: &'static str) -> Option<Self> {
        let mut columns = line.split('\t');
        let spelling = columns.next()?;
        let (state, country) = (columns.next()?, columns.next()?);
        let population = columns.next()?.parse().ok()?;
        let (latitude, longitude) = (columns.next()?.parse().ok()?, columns.next()?.parse().ok()?);
        let name = columns.next().unwrap_or(spelling);
        Some(Self { name, state, country, population, latitude, longitude })
    }
}

/// The cities of a spelling, most people first.
fn named(spelling: &str) -> Vec<City> {
    let folded = fold(spelling);
    let spelling_of = |line: &&'static str| fold(line.split('\t').next().unwrap_or_default());
    let from = LINES.partition_point(|line| *spelling_of(line) < *folded);
    let lines = LINES.iter().skip(from).take_while(|line| spelling_of(line) == folded);
    let mut cities: Vec<City> = lines.copied().filter_map(City::read).collect();
    cities.sort_by_key(|city| std::cmp::Reverse(city.population));
    cities.dedup();
    cities
}

fn is_country(code: &str, written: &str) -> bool {
    fold(code) == fold(written) || country_names(code).any(|name| fold(name) == fold(written))
}

/// The names of a country, its code of three letters among them.
fn country_names(code: &str) -> impl Iterator<Item = &'static str> {
    let line = COUNTRIES.lines().find(|line| line.split('\t').next() == Some(code));
    let mut columns = line.unwrap_or_default().split('\t').skip(1);
    let three_letters = columns.next();
    columns.flat_map(|names| names.split(';')).chain(three_letters)
}

fn is_state(code: &str, written: &str) -> bool {
    let name = || STATES.lines().filter_map(|line| line.split_once('\t')).find(|(each, _)| *each == code);
    !code.is_empty() && (fold(code) == fold(written) || name().is_some_and(|(_, name)| fold(name) == fold(written)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spellings(text: &str) -> Vec<String> {
        find(text).iter().map(|city| format!("{}, {}, {}", city.name, city.state, city.country)).collect()
    }

    #[test]
    fn every_line_can_be_read_and_stands_in_order() {
        let folded: Vec<_> = LINES.iter().map(|line| fold(line.split('\t').next().unwrap())).collect();
        assert!(folded.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", folded.windows(2).find(|p| p[0] > p[1]));
        for line in LINES.iter() {
            let city = City::read(line).unwrap();
            assert!(city.latitude.abs() <= 90.0 && city.longitude.abs() <= 180.0, "{line}");
            assert!(country_names(city.country).next().is_some(), "{line}");
        }
    }

    #[test]
    fn names_stand_for_every_city_that_has_them() {
        assert_eq!(spellings("paris"), ["Paris, , FR", "Paris, TX, US"]);
        assert_eq!(spellings("PARIS, fr"), ["Paris, , FR"]);
        assert_eq!(spellings("Paris, France"), spellings("Paris,FRA"));
        assert_eq!(spellings("Paris, TX"), ["Paris, TX, US"]);
        assert_eq!(spellings("Paris, Texas, USA"), ["Paris, TX, US"]);
        assert_eq!(spellings("Cologne"), spellings("köln, DE"));
        assert_eq!(spellings("Koln"), ["Köln, , DE"]);
        assert_eq!(spellings("Washington, D.C."), ["Washington, DC, US"]);
        assert_eq!(spellings("Paris, DE"), Vec::<String>::new());
        assert_eq!(spellings(""), Vec::<String>::new());
        assert_eq!(spellings("Paris, TX, FR"), Vec::<String>::new());
    }

    #[test]
    fn a_spelling_stands_for_one_city_alone() {
        for text in ["Paris", "Springfield", "Washington", "San José", "London", "Dover"] {
            for city in find(text) {
                let Some(spelling) = city.spelling() else { continue };
                assert_eq!(find(&spelling), [city], "{spelling}");
            }
        }
        assert_eq!(find("Springfield").first().and_then(City::spelling).unwrap(), "Springfield, MO, US");
    }

    #[test]
    fn near_names_are_suggested() {
        assert_eq!(suggestions("Pariss"), ["Paris, FR", "Paris, TX, US", "Arīsh, EG"].map(str::to_owned));
        assert!(suggestions("Paris, XX").contains(&"Paris, FR".to_owned()));
        assert_eq!(suggestions("Pariss, France"), ["Paris, FR"]);
        assert!(suggestions("Zzyzxqqq").is_empty());
    }
}
