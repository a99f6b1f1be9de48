//! Distances and the places that they are measured from (M17).

use super::quoted;
use crate::base::number::grouped;
use crate::base::{Span, Spanned};
use crate::catalog::place::{self, City};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::Float;
use crate::syntax::ast::{Distance, DistanceUnit, Number, Place};

/// Metres of a mile.
const MILE: f64 = 1609.344;
/// No two points of the earth are farther apart, in metres: half of its circumference.
const FARTHEST: f64 = std::f64::consts::PI * 6_371_008.8;
/// More choices than these are not read.
const SHOWN: usize = 8;

/// A distance in metres.
pub(in crate::analyze) fn metres(distance: &Spanned<Distance>, found: &mut Diagnostics) -> Option<Float> {
    let Distance { count, unit } = &distance.value;
    let metres = match unit {
        DistanceUnit::Kilometre => thousandfold(&count.text).unwrap_or(count.value * 1000.0),
        DistanceUnit::Mile => count.value * MILE,
    };
    if metres <= 0.0 {
        found.push(
            Diagnostic::new(Code::DistanceRange, "a distance is more than 0")
                .label(distance.span, "reaches nowhere")
                .help("write how far away a place may be: `location within 25 km of …`"),
        );
        return None;
    }
    if metres >= FARTHEST {
        found.push(
            Diagnostic::new(Code::AlwaysHolds, "every place on earth lies within this distance")
                .label(distance.span, "half of the way around")
                .help("it holds for everybody whose location is known; ask for a shorter distance"),
        );
    }
    Float::new(metres)
}

/// A thousand times a number as written, by its digits: what is printed in kilometres reads back as the same metres.
fn thousandfold(text: &str) -> Option<f64> {
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    format!("{digits}e{}", exponent.checked_add(3)?).parse().ok()
}

/// Degrees north and east of a place.
pub(in crate::analyze) fn point(place: &Spanned<Place>, found: &mut Diagnostics) -> Option<(Float, Float)> {
    match &place.value {
        Place::City(name) => {
            let city = city(name, place.span, found)?;
            Float::new(city.latitude).zip(Float::new(city.longitude))
        }
        Place::Point(north, east) => {
            let fine = [degrees(north, 90.0, "north", found), degrees(east, 180.0, "east", found)];
            let point = Float::new(north.value.value).zip(Float::new(east.value.value));
            point.filter(|_| fine == [true, true])
        }
    }
}

/// Checks degrees of a point.
pub(in crate::analyze) fn degrees(
    written: &Spanned<Number>,
    most: f64,
    direction: &str,
    found: &mut Diagnostics,
) -> bool {
    let fine = written.value.value.abs() <= most;
    if !fine {
        found.push(
            Diagnostic::new(Code::CoordinateRange, format!("no place lies {} degrees {direction}", written.value.text))
                .label(written.span, format!("from -{most} to {most}"))
                .help("degrees north stand first, then degrees east: `48.8566, 2.3522` is Paris"),
        );
    }
    fine
}

fn city(name: &str, span: Span, found: &mut Diagnostics) -> Option<City> {
    let cities = place::find(name);
    match cities.as_slice() {
        [only] => return Some(*only),
        [] => found.push(unknown(name, span)),
        several => found.push(ambiguous(name, several, span)),
    }
    None
}

fn unknown(name: &str, span: Span) -> Diagnostic {
    let near = place::suggestions(name);
    let near: Vec<&str> = near.iter().map(String::as_str).collect();
    Diagnostic::new(Code::UnknownPlace, format!("there is no city {} in the gazetteer", quoted(name)))
        .label(span, "not known")
        .note("it has the cities of at least 15,000 people, written as `Lyon`, `Paris, FR` or `Paris, TX, US`")
        .help("write degrees north and east: `location within 25 km of 48.8566, 2.3522`")
        .did_you_mean(span, &near, quoted)
}

fn ambiguous(name: &str, cities: &[City], span: Span) -> Diagnostic {
    let choice = |city: &City| {
        let people = grouped(city.population);
        match city.spelling() {
            Some(spelling) => format!("{} ({people} people)", quoted(&spelling)),
            None => {
                format!("{}, {} ({people} people in {}, {})", city.latitude, city.longitude, city.name, city.country)
            }
        }
    };
    let mut choices: Vec<String> = cities.iter().take(SHOWN).map(choice).collect();
    if cities.len() > SHOWN {
        choices.push(format!("{} more", cities.len() - SHOWN));
    }
    Diagnostic::new(Code::AmbiguousPlace, format!("{} cities are called {}", cities.len(), quoted(name)))
        .label(span, "which one?")
        .help(format!("write one of: {}", choices.join("; ")))
}
