//! Pictures: what they look like, and that no figure and no label breaks them.

use aud::picture::{
    Axis, Column, Curve, CurvePoint, DayFigures, Days, Drawing, Interval, Marker, Matrix, MatrixCell, MatrixRow, Moves,
    MovesRow, Page, Part, ShareRow, Shares, SizeRow, Sizes, Step, Table, Theme, Unit, Waterfall,
};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

const THEMES: [Theme; 3] = [Theme::Light, Theme::Dark, Theme::Reader];

/// Labels that would be markup, repaint a terminal, turn the reading direction, or run out of their room.
pub(crate) const HOSTILE: [&str; 8] = [
    "</text></svg><script>alert(1)</script>",
    "\" onload=\"alert(1)",
    "' & ]]> &amp; <!-- -->",
    "\u{1b}[31m\u{0}\u{7}\u{85}\u{fffe}\u{ffff}",
    "\u{202e}txt.exe\u{2066}\u{feff}",
    "👩‍👩‍👧‍👦 👍🏽 \u{e000}0\u{e001} \u{e000}99999999999999999999\u{e001}",
    "line\nline\r\n\tline <style>*{display:none}</style>",
    "#5A0004 fill=\"#5A0004\" points=\"1,2\"",
];

fn sizes() -> Sizes {
    Sizes {
        title: "How many are in it".to_owned(),
        unit: "people".to_owned(),
        rows: vec![
            row("buyers", Some(12_400), None, None),
            row("asked of a sample", Some(9_000), Some((8_100.0, 9_900.0)), Some("~")),
            row("the label of this audience is too long for its room", None, None, Some("⚠ no data")),
        ],
    }
}

fn row(label: &str, value: Option<u64>, interval: Option<(f64, f64)>, note: Option<&str>) -> SizeRow {
    let interval = interval.map(|(low, high)| Interval { low, high });
    SizeRow { label: label.to_owned(), value, interval, note: note.map(str::to_owned) }
}

fn waterfall() -> Waterfall {
    let step = |label: &str, remaining, only| Step { label: label.to_owned(), remaining, only };
    Waterfall {
        title: "What each criterion leaves".to_owned(),
        unit: "people".to_owned(),
        from: "everyone".to_owned(),
        population: 1_000,
        steps: vec![step("bought once", 600, Some(150)), step("lives in Berlin", 90, Some(510)), step("old", 90, None)],
    }
}

fn matrix(count: usize) -> Matrix {
    let share = |row: usize, column: usize| if row == column { 1.0 } else { (row * 7 % 5) as f64 / 8.0 };
    let cell = |row, column| MatrixCell { share: share(row, column), count: (1_234.0 * share(row, column)) as u64 };
    let row = |row: usize| MatrixRow { label: format!("a{row}"), cells: (0..count).map(|at| cell(row, at)).collect() };
    Matrix { title: "Overlap".to_owned(), legend: "of the row".to_owned(), rows: (0..count).map(row).collect() }
}

fn curve() -> Curve {
    let point = |x: f64| {
        let y = 3.0 / x.sqrt();
        CurvePoint { x, y, interval: Some(Interval { low: 0.8 * y, high: 1.2 * y }) }
    };
    Curve {
        title: "Smallest effect".to_owned(),
        x: Axis { label: "people".to_owned(), unit: Unit::Count, logarithmic: true },
        y: Axis { label: "effect".to_owned(), unit: Unit::Share, logarithmic: false },
        // Out of order: a curve goes from left to right all the same.
        points: [9_000.0, 150.0, 1_200.0].map(point).to_vec(),
        marker: Some(Marker { x: None, y: Some(0.05), label: "wanted".to_owned() }),
    }
}

fn days() -> Days {
    let day = |at: u64, interval| DayFigures {
        day: format!("2026-11-{at:02}"),
        size: 100 * at,
        adds: 140,
        drops: 40,
        interval,
    };
    Days {
        title: "Buyers".to_owned(),
        unit: "people".to_owned(),
        days: (1..=3).map(|at| day(at, None)).collect(),
        forecast: (4..=5)
            .map(|at| day(at, Some(Interval { low: 90.0 * at as f64, high: 110.0 * at as f64 })))
            .collect(),
    }
}

fn shares() -> Shares {
    let row = |group: &str, variant: &str, asked: f64, is| ShareRow {
        group: group.to_owned(),
        variant: variant.to_owned(),
        asked,
        is,
        interval: Some(Interval { low: asked - 0.02, high: asked + 0.02 }),
    };
    Shares {
        title: "Variants".to_owned(),
        unit: "of the members".to_owned(),
        rows: vec![row("DE", "control", 0.5, 0.49), row("DE", "mail", 0.5, 0.53), row("FR", "mail", 0.5, 0.51)],
    }
}

fn moves() -> Moves {
    let row = |label: &str, adds, drops, said: Option<&str>| MovesRow {
        label: label.to_owned(),
        adds,
        drops,
        said: said.map(str::to_owned),
    };
    Moves {
        title: "Who enters and leaves".to_owned(),
        unit: "people".to_owned(),
        words: ("enter", "leave"),
        rows: vec![row("buyers", 1_200, 340, None), row("readers", 0, 1, Some("−<10")), row("nobody", 0, 0, None)],
    }
}

fn drawings() -> Vec<Drawing> {
    vec![
        Drawing::Sizes(sizes()),
        Drawing::Waterfall(waterfall()),
        Drawing::Matrix(matrix(2)),
        Drawing::Matrix(matrix(21)),
        Drawing::Curve(curve()),
        Drawing::Days(days()),
        Drawing::Shares(shares()),
        Drawing::Moves(moves()),
    ]
}

/// Every drawing with this label wherever one can be.
fn labelled(label: &str) -> Vec<Drawing> {
    let text = || label.to_owned();
    let (mut sizes, mut waterfall, mut curve, mut days, mut shares) = (sizes(), waterfall(), curve(), days(), shares());
    (sizes.title, sizes.unit) = (text(), text());
    sizes.rows.iter_mut().for_each(|row| (row.label, row.note) = (text(), Some(text())));
    (waterfall.title, waterfall.unit, waterfall.from) = (text(), text(), text());
    waterfall.steps.iter_mut().for_each(|step| step.label = text());
    (curve.title, curve.x.label, curve.y.label) = (text(), text(), text());
    curve.marker = Some(Marker { x: Some(500.0), y: None, label: text() });
    (days.title, days.unit) = (text(), text());
    days.days.iter_mut().chain(&mut days.forecast).for_each(|day| day.day = text());
    (shares.title, shares.unit) = (text(), text());
    shares.rows.iter_mut().for_each(|row| (row.group, row.variant) = (text(), text()));
    let mut moves = moves();
    (moves.title, moves.unit) = (text(), text());
    moves.rows.iter_mut().for_each(|row| (row.label, row.said) = (text(), Some(text())));
    let matrices = [2, 21].map(|count| {
        let mut matrix = matrix(count);
        (matrix.title, matrix.legend) = (text(), text());
        matrix.rows.iter_mut().for_each(|row| row.label = text());
        Drawing::Matrix(matrix)
    });
    let others = [
        Drawing::Sizes(sizes),
        Drawing::Waterfall(waterfall),
        Drawing::Curve(curve),
        Drawing::Days(days),
        Drawing::Shares(shares),
        Drawing::Moves(moves),
    ];
    others.into_iter().chain(matrices).collect()
}

/// A page with this text wherever one can be.
fn page(text: &str, drawings: Vec<Drawing>) -> Page {
    let table = Table {
        caption: text.to_owned(),
        columns: vec![
            Column { head: text.to_owned(), figures: false },
            Column { head: "people".to_owned(), figures: true },
        ],
        rows: vec![vec![text.to_owned(), "12,400".to_owned(), "beyond".to_owned()], Vec::new()],
    };
    let mut parts = vec![Part::Heading(text.to_owned()), Part::Paragraph(text.to_owned()), Part::Table(table)];
    parts.extend(drawings.into_iter().map(Part::Drawing));
    Page { title: text.to_owned(), parts }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<f64> {
    let value = element.try_get_attribute(name).unwrap()?;
    let text = String::from_utf8(value.value.into_owned()).unwrap();
    (!text.contains('%')).then(|| text.parse().unwrap())
}

/// Reads a document to its end, and gives the names of its elements.
pub(crate) fn elements(document: &str) -> Vec<String> {
    let mut reader = Reader::from_str(document);
    reader.config_mut().check_end_names = true;
    let (mut names, mut depth) = (Vec::new(), 0);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) => {
                depth += 1;
                element.attributes().for_each(|attribute| drop(attribute.unwrap()));
                names.push(String::from_utf8(element.name().as_ref().to_vec()).unwrap());
            }
            Event::Empty(element) => {
                element.attributes().for_each(|attribute| drop(attribute.unwrap()));
                names.push(String::from_utf8(element.name().as_ref().to_vec()).unwrap());
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "an element has no end");
    names
}

/// No character is one that XML forbids, or that would not be seen.
pub(crate) fn is_clean(document: &str) -> bool {
    !document.chars().any(|c| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' | '\u{feff}')
    })
}

/// What every picture must be, whatever is on it.
fn holds(drawing: &Drawing, theme: Theme) {
    let svg = drawing.svg(theme).unwrap();
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" ") && svg.contains("role=\"img\""), "{svg}");
    assert!(is_clean(&svg), "{svg}");
    let names = elements(&svg);
    assert_eq!(names[..3], ["svg", "title", "desc"]);
    let known = ["svg", "title", "desc", "style", "rect", "text", "polyline", "polygon", "circle", "line"];
    assert!(names.iter().all(|name| known.contains(&name.as_str())), "{names:?}");
    // Place-holder colours are in no attribute.
    assert!(!svg.contains("=\"#5A"), "{svg}");
    all_inside(&svg, drawing);
}

/// No shape lies outside of the picture, and no text starts there.
fn all_inside(svg: &str, drawing: &Drawing) {
    let size = drawing.size();
    let (wide, high) = (f64::from(size.width), f64::from(size.height));
    let mut reader = Reader::from_str(svg);
    loop {
        let event = reader.read_event().unwrap();
        let (Event::Empty(element) | Event::Start(element)) = &event else {
            if matches!(event, Event::Eof) { break } else { continue }
        };
        let at = |name| attribute(element, name);
        for (from, length, end) in [("x", "width", wide), ("y", "height", high), ("cx", "r", wide), ("cy", "r", high)] {
            if let Some(from) = at(from) {
                assert!(from >= 0.0 && from + at(length).unwrap_or(0.0) <= end + 1.0, "{element:?} of {size:?}");
            }
        }
        let Some(points) = element.try_get_attribute("points").unwrap() else { continue };
        for point in String::from_utf8(points.value.into_owned()).unwrap().split_whitespace() {
            let (x, y) = point.split_once(',').unwrap();
            let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
            assert!((0.0..=wide).contains(&x) && (0.0..=high).contains(&y), "{point} of {size:?}");
        }
    }
}

#[test]
fn each_drawing_as_it_is() {
    insta::assert_snapshot!("sizes", sizes().svg(Theme::Light).unwrap());
    insta::assert_snapshot!("waterfall", waterfall().svg(Theme::Light).unwrap());
    insta::assert_snapshot!("matrix", matrix(2).svg(Theme::Dark).unwrap());
    insta::assert_snapshot!("curve", curve().svg(Theme::Light).unwrap());
    insta::assert_snapshot!("days", days().svg(Theme::Light).unwrap());
    insta::assert_snapshot!("shares", shares().svg(Theme::Light).unwrap());
    insta::assert_snapshot!("moves", moves().svg(Theme::Light).unwrap());
}

#[test]
fn the_reader_chooses_the_colours() {
    let reader = Sizes { rows: sizes().rows.drain(..1).collect(), ..sizes() }.svg(Theme::Reader).unwrap();
    insta::assert_snapshot!("sizes_reader", reader);
    let without = |svg: &str| svg.lines().filter(|line| !line.starts_with("<style>")).collect::<Vec<_>>().join("\n");
    let mut plain = without(&reader);
    while let Some((before, rest)) = plain.split_once("class=\"") {
        plain = format!("{before}{}", rest.split_once("\" ").unwrap().1);
    }
    let light = Sizes { rows: sizes().rows.drain(..1).collect(), ..sizes() }.svg(Theme::Light).unwrap();
    assert_eq!(plain, without(&light), "without style sheets it is the light one");
}

#[test]
fn a_page_needs_nothing_else() {
    let document = page("What there is", vec![Drawing::Sizes(sizes())]).html(Theme::Reader).unwrap();
    insta::assert_snapshot!("page", document);
    let names = elements(&document);
    assert!(!names.iter().any(|name| ["script", "link", "img", "iframe", "a"].contains(&name.as_str())));
    assert!(!document.contains("url(") && !document.contains("@import") && !document.contains("href"));
}

#[test]
fn nothing_one_and_many_are_drawn() {
    let share = |at: usize| ShareRow { variant: format!("v{at}"), asked: 0.1, is: 0.2, ..ShareRow::default() };
    for count in [0, 1, 2, 12, 200] {
        let rows = (0..count).map(|at| row(&format!("a{at}"), Some(at as u64), None, None)).collect();
        let steps = (0..count).map(|at| Step { label: format!("s{at}"), remaining: 200 - at as u64, only: Some(1) });
        let points = (0..count).map(|at| CurvePoint { x: at as f64, y: at as f64, interval: None }).collect();
        let day = |at: usize| DayFigures { day: format!("d{at}"), size: at as u64, ..DayFigures::default() };
        let all = [
            Drawing::Sizes(Sizes { rows, ..Sizes::default() }),
            Drawing::Waterfall(Waterfall { steps: steps.collect(), population: count as u64, ..Waterfall::default() }),
            Drawing::Matrix(matrix(count)),
            Drawing::Curve(Curve { points, ..Curve::default() }),
            Drawing::Days(Days { days: (0..count).map(day).collect(), ..Days::default() }),
            Drawing::Shares(Shares { rows: (0..count).map(share).collect(), ..Shares::default() }),
            Drawing::Moves(Moves { rows: vec![MovesRow::default(); count], ..Moves::default() }),
        ];
        for drawing in all {
            holds(&drawing, Theme::Reader);
            assert_eq!(drawing.svg(Theme::Light).unwrap().contains("Nothing to show."), count == 0, "{drawing:?}");
        }
    }
    let most = matrix(401);
    assert!(most.svg(Theme::Light).unwrap().contains("(1 more rows are not drawn)"));
}

#[test]
fn pictures_grow_with_their_rows() {
    let high = |count: usize| {
        let rows = (0..count).map(|at| row("a", Some(at as u64), None, None)).collect();
        Sizes { rows, ..Sizes::default() }.size().height
    };
    assert!(high(0) <= high(1) && high(1) < high(2) && high(12) < high(200), "{}", high(1));
    assert!(high(200) < 200 * 30);
}

#[test]
fn hostile_labels_stay_labels() {
    for label in HOSTILE {
        let long = label.repeat(20);
        for label in [label, long.as_str()] {
            labelled(label).iter().for_each(|drawing| holds(drawing, Theme::Reader));
            let document = page(label, labelled(label)).html(Theme::Reader).unwrap();
            assert!(is_clean(&document) && !elements(&document).iter().any(|name| name == "script"));
            assert!(!document.contains("<script") && !document.contains(" onload=\""), "{label}");
        }
    }
}

#[test]
fn a_cut_label_is_whole_in_its_tooltip() {
    let label = "the label of this audience is too long for its room";
    let svg = sizes().svg(Theme::Light).unwrap();
    assert!(svg.contains(&format!("…<title>{label}</title></text>")), "{svg}");
    assert!(!svg.contains("<title>buyers"), "{svg}");
}

fn figure() -> impl Strategy<Value = f64> {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 0.0, -0.0, 1.0];
    prop_oneof![proptest::num::f64::ANY, -2.0..2.0, proptest::sample::select(odd.to_vec())]
}

fn count() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), 0..10_u64, Just(u64::MAX), Just(u64::MAX - 1)]
}

fn interval() -> impl Strategy<Value = Option<Interval>> {
    let ends = prop_oneof![(figure(), figure()), figure().prop_map(|end| (end, end))];
    proptest::option::of(ends.prop_map(|(low, high)| Interval { low, high }))
}

fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned),
        proptest::collection::vec(any::<char>(), 0..40).prop_map(String::from_iter),
    ]
}

fn some<S: Strategy>(each: S) -> impl Strategy<Value = Vec<S::Value>> {
    proptest::collection::vec(each, 0..24)
}

fn any_sizes() -> impl Strategy<Value = Drawing> {
    let row = (label(), proptest::option::of(count()), interval(), proptest::option::of(label()))
        .prop_map(|(label, value, interval, note)| SizeRow { label, value, interval, note });
    (label(), label(), some(row)).prop_map(|(title, unit, rows)| Drawing::Sizes(Sizes { title, unit, rows }))
}

fn any_waterfall() -> impl Strategy<Value = Drawing> {
    let step = (label(), count(), proptest::option::of(count())).prop_map(|(label, remaining, only)| Step {
        label,
        remaining,
        only,
    });
    (label(), label(), count(), some(step)).prop_map(|(title, from, population, steps)| {
        Drawing::Waterfall(Waterfall { title, unit: from.clone(), from, population, steps })
    })
}

fn any_matrix() -> impl Strategy<Value = Drawing> {
    let cell = (figure(), count()).prop_map(|(share, count)| MatrixCell { share, count });
    let row = (label(), some(cell)).prop_map(|(label, cells)| MatrixRow { label, cells });
    (label(), label(), some(row)).prop_map(|(title, legend, rows)| Drawing::Matrix(Matrix { title, legend, rows }))
}

fn any_curve() -> impl Strategy<Value = Drawing> {
    let units = || proptest::sample::select(vec![Unit::Count, Unit::Share, Unit::Number]);
    let axis =
        || (label(), units(), any::<bool>()).prop_map(|(label, unit, logarithmic)| Axis { label, unit, logarithmic });
    let point = (figure(), figure(), interval()).prop_map(|(x, y, interval)| CurvePoint { x, y, interval });
    let wanted = || proptest::option::of(figure());
    let marker = (wanted(), wanted(), label()).prop_map(|(x, y, label)| Marker { x, y, label });
    (label(), axis(), axis(), some(point), proptest::option::of(marker))
        .prop_map(|(title, x, y, points, marker)| Drawing::Curve(Curve { title, x, y, points, marker }))
}

fn any_days() -> impl Strategy<Value = Drawing> {
    let day = || {
        (label(), count(), count(), count(), interval()).prop_map(|(day, size, adds, drops, interval)| DayFigures {
            day,
            size,
            adds,
            drops,
            interval,
        })
    };
    (label(), label(), some(day()), some(day()))
        .prop_map(|(title, unit, days, forecast)| Drawing::Days(Days { title, unit, days, forecast }))
}

fn any_shares() -> impl Strategy<Value = Drawing> {
    let row = (label(), label(), figure(), figure(), interval())
        .prop_map(|(group, variant, asked, is, interval)| ShareRow { group, variant, asked, is, interval });
    (label(), label(), some(row)).prop_map(|(title, unit, rows)| Drawing::Shares(Shares { title, unit, rows }))
}

fn any_moves() -> impl Strategy<Value = Drawing> {
    let row = (label(), count(), count(), proptest::option::of(label()))
        .prop_map(|(label, adds, drops, said)| MovesRow { label, adds, drops, said });
    (label(), label(), some(row))
        .prop_map(|(title, unit, rows)| Drawing::Moves(Moves { title, unit, words: ("in", "out"), rows }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_breaks_a_picture(
        drawing in prop_oneof![any_sizes(), any_waterfall(), any_matrix(), any_curve(), any_days(), any_shares(), any_moves()],
        theme in proptest::sample::select(THEMES.to_vec()),
    ) {
        holds(&drawing, theme);
        let document = page("all", vec![drawing]).html(theme).unwrap();
        elements(&document);
    }
}

#[test]
fn all_drawings_hold_in_all_themes() {
    for drawing in drawings() {
        THEMES.iter().for_each(|theme| holds(&drawing, *theme));
    }
}
