//! Few audiences: what makes each as large as it is, and whom outputs can receive.

use std::fmt::Write;

use serde_json::{Value, json};

use super::words::{asked_json, asked_of, bar, cells, cut, figure, found_json, size_json, table, whole_text};
use super::{Answer, VERSION};
use crate::estimate::{AudienceEstimate, Estimates, Joint, Obstacle, Part, Reach, Size, Step};
use crate::picture::{self, Drawing, Page, Sizes, Waterfall};
use crate::report::{Style, visible};

/// How many characters of a criterion a table shows.
const CRITERION: usize = 64;

/// Audiences in full.
#[derive(Clone, Copy, Debug)]
pub struct DetailAnswer<'a> {
    /// The estimates.
    pub estimates: &'a Estimates,
    /// What each output can receive, in the order of the estimates.
    pub reach: &'a [Vec<Reach>],
}

impl DetailAnswer<'_> {
    fn all(&self) -> impl Iterator<Item = (&AudienceEstimate, &[Reach])> {
        let reach = self.reach.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]));
        // Of an audience that cannot be estimated nobody can say whom outputs receive.
        let of = |(each, reach): (_, _)| -> (&AudienceEstimate, &[Reach]) {
            let each: &AudienceEstimate = each;
            (each, if each.size.is_ok() { reach } else { &[] })
        };
        self.estimates.audiences.iter().zip(reach).map(of)
    }
}

impl Answer for DetailAnswer<'_> {
    fn text(&self, style: Style) -> String {
        let mut out = String::new();
        for (each, reach) in self.all() {
            let name = visible(&each.audience.name);
            let _ =
                writeln!(out, "{} \"{name}\"  {}", style.paint(Style::STRONG, &each.audience.address), headline(each));
            if !each.parts.is_empty() {
                out.push_str(&criteria(each, style));
            }
            if !reach.is_empty() {
                out.push_str(&reach_table(reach, style));
            }
            out.push('\n');
        }
        let _ = writeln!(out, "{}", style.paint(Style::FAINT, asked_of(self.estimates)));
        out
    }

    fn json(&self) -> Value {
        let frame = &self.estimates.frame;
        let one = |(each, reach): (&AudienceEstimate, &[Reach])| {
            json!({
                "address": each.audience.address,
                "name": each.audience.name,
                "status": each.audience.status,
                "population": size_json(each.population),
                "estimate": found_json(&each.size),
                "joint": each.joint,
                "criteria": each.parts.iter().map(part_json).collect::<Vec<_>>(),
                "reach": reach.iter().map(reach_json).collect::<Vec<_>>(),
            })
        };
        json!({
            "version": VERSION,
            "sample": asked_json(frame.asked, frame.users),
            "audiences": self.all().map(one).collect::<Vec<_>>(),
        })
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let head = [
            "audience",
            "position",
            "label",
            "criterion",
            "alone",
            "alone_low",
            "alone_high",
            "after",
            "after_low",
            "after_high",
            "only",
            "only_low",
            "only_high",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        for (each, _) in self.all() {
            let address = each.audience.address.to_string();
            let mut row = |position: &str, label: &str, text: &str, sizes: [Option<Size>; 3]| {
                let mut row = vec![address.clone(), position.to_owned(), label.to_owned(), text.to_owned()];
                row.extend(sizes.into_iter().flat_map(cells));
                rows.push(row);
            };
            row("", "", "population", [Some(each.population), Some(each.population), None]);
            for part in &each.parts {
                let (after, only) = (known_step(part).map(|step| step.after), known_step(part).map(|step| step.only));
                let label = part.label.as_deref().unwrap_or_default();
                row(&part.position, label, &part.text, [part.alone.as_ref().ok().copied(), after, only]);
            }
            let whole = each.size.as_ref().ok().copied();
            row("", "", "audience", [whole, whole, None]);
        }
        rows
    }

    fn page(&self) -> Page {
        let mut parts = Vec::new();
        for (each, reach) in self.all() {
            let address = each.audience.address.to_string();
            parts.push(picture::Part::Heading(format!("{address} “{}”", each.audience.name)));
            parts.push(picture::Part::Paragraph(headline(each)));
            if !each.parts.is_empty() {
                parts.push(picture::Part::Drawing(drawing(each, self.estimates.frame.is_everybody())));
                parts.push(picture::Part::Table(page_table(each)));
            }
            if !reach.is_empty() {
                parts.push(picture::Part::Drawing(reach_drawing(reach)));
            }
        }
        parts.push(picture::Part::Paragraph(asked_of(self.estimates)));
        Page { title: "Estimates".to_owned(), parts }
    }
}

/// The size in one sentence.
fn headline(each: &AudienceEstimate) -> String {
    match &each.size {
        Ok(size) => format!("{} of {} people", whole_text(*size), whole_text(each.population)),
        Err(obstacle) => format!("⚠ {obstacle}"),
    }
}

/// A criterion as a table names it: its label, or its beginning; further inside, further in.
fn named(part: &Part) -> String {
    let depth = part.position.matches('.').count();
    let text = match &part.label {
        Some(label) => format!("{label}: {}", part.text.strip_prefix(&format!("{label}: ")).unwrap_or(&part.text)),
        None => part.text.clone(),
    };
    format!("{}{}", "  ".repeat(depth), cut(&text, CRITERION))
}

/// What a criterion does; nothing where it cannot be estimated.
fn known_step(part: &Part) -> Option<Step> {
    part.step.filter(|_| part.alone.is_ok())
}

fn found_text(size: &Result<Size, Obstacle>) -> String {
    size.as_ref().map_or_else(|_| "⚠".to_owned(), |size| whole_text(*size))
}

fn criteria(each: &AudienceEstimate, style: Style) -> String {
    let (after, only) = words_of(each.joint);
    let heads = [("", false), ("criterion", false), ("alone", true), (after, true), (only, true), ("", false)];
    let whole = figure(each.population);
    let first = match each.joint {
        Joint::All => vec![
            String::new(),
            "everyone".to_owned(),
            String::new(),
            whole_text(each.population),
            String::new(),
            bar(whole, whole),
        ],
        Joint::Any => Vec::new(),
    };
    let rows = each.parts.iter().map(|part| {
        let step = known_step(part);
        let text = |size: Option<Size>| size.map_or_else(String::new, whole_text);
        let bar = step.map_or_else(String::new, |step| bar(figure(step.after), whole));
        vec![
            part.position.clone(),
            named(part),
            found_text(&part.alone),
            text(step.map(|step| step.after)),
            text(step.map(|step| step.only)),
            bar,
        ]
    });
    let mut text = table(&heads, Some(first).filter(|row| !row.is_empty()).into_iter().chain(rows), style);
    for part in &each.parts {
        if let Err(obstacle) = &part.alone {
            let _ = writeln!(text, "  ⚠ {}: {}", part.position, visible(&obstacle.to_string()));
        }
    }
    text
}

fn reach_table(reach: &[Reach], style: Style) -> String {
    let heads = [("output", false), ("can receive", true), ("cannot", true), ("by identity", false)];
    let rows = reach.iter().map(|each| {
        let types = each.by_type.iter().map(|(identity, size)| format!("{identity} {}", whole_text(*size)));
        vec![
            each.output.to_string(),
            whole_text(each.any),
            whole_text(each.none),
            types.collect::<Vec<_>>().join(" · "),
        ]
    });
    table(&heads, rows, style)
}

fn part_json(part: &Part) -> Value {
    json!({
        "position": part.position,
        "label": part.label,
        "criterion": part.text,
        "alone": found_json(&part.alone),
        "after": known_step(part).map(|step| size_json(step.after)),
        "only": known_step(part).map(|step| size_json(step.only)),
    })
}

fn reach_json(reach: &Reach) -> Value {
    let types =
        reach.by_type.iter().map(|(identity, size)| json!({ "type": identity.name(), "members": size_json(*size) }));
    json!({
        "output": reach.output,
        "any": size_json(reach.any),
        "none": size_json(reach.none),
        "by_type": types.collect::<Vec<_>>(),
    })
}

/// The waterfall where all must hold and everybody was asked; bars, which have intervals, where one must or a sample was asked.
fn drawing(each: &AudienceEstimate, is_exact: bool) -> Drawing {
    let outer = each.parts.iter().filter_map(|part| Some((part, known_step(part)?)));
    let (title, unit) = (format!("What makes {} as large as it is", each.audience.address), "people".to_owned());
    if each.joint == Joint::All && is_exact {
        let steps = outer.map(|(part, step)| picture::Step {
            label: named(part),
            remaining: figure(step.after),
            only: Some(figure(step.only)),
        });
        let (from, population) = ("everyone".to_owned(), figure(each.population));
        return Drawing::Waterfall(Waterfall { title, unit, from, population, steps: steps.collect() });
    }
    let bar = |label: String, size: Size| super::words::bar_row(label, &Ok(size));
    let everyone = (each.joint == Joint::All).then(|| bar("everyone".to_owned(), each.population));
    let rows = everyone.into_iter().chain(outer.map(|(part, step)| bar(named(part), step.after)));
    Drawing::Sizes(Sizes { title, unit, rows: rows.collect() })
}

/// Everything that the table on a terminal has.
fn page_table(each: &AudienceEstimate) -> picture::Table {
    let (after, only) = words_of(each.joint);
    let heads = [("", false), ("criterion", false), ("alone", true), (after, true), (only, true)];
    let column = |(head, figures): (&str, bool)| picture::Column { head: head.to_owned(), figures };
    let row = |part: &Part| {
        let step = known_step(part);
        let text = |size: Option<Size>| size.map_or_else(String::new, whole_text);
        let (after, only) = (step.map(|step| step.after), step.map(|step| step.only));
        vec![part.position.clone(), part.text.clone(), found_text(&part.alone), text(after), text(only)]
    };
    picture::Table {
        caption: String::new(),
        columns: heads.into_iter().map(column).collect(),
        rows: each.parts.iter().map(row).collect(),
    }
}

/// What the sizes of a group's steps are called.
fn words_of(joint: Joint) -> (&'static str, &'static str) {
    match joint {
        Joint::All => ("left", "only it keeps out"),
        Joint::Any => ("in", "only it brings in"),
    }
}

fn reach_drawing(reach: &[Reach]) -> Drawing {
    let rows = reach.iter().flat_map(|each| {
        let any = super::words::bar_row(each.output.to_string(), &Ok(each.any));
        let types = each
            .by_type
            .iter()
            .map(|(identity, size)| super::words::bar_row(format!("{} by {identity}", each.output), &Ok(*size)));
        [any].into_iter().chain(types)
    });
    Drawing::Sizes(Sizes {
        title: "Whom outputs can receive".to_owned(),
        unit: "people".to_owned(),
        rows: rows.collect(),
    })
}
