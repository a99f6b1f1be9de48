//! Two audiences or many: how far they are the same people.

use serde_json::{Value, json};

use super::words::{asked_json, asked_of, bar, cells, figure, size_json, size_text, table, whole_text};
use super::{Answer, VERSION};
use crate::estimate::{Estimates, Overlap};
use crate::picture::{Drawing, Matrix, MatrixCell, MatrixRow, Page, Part};
use crate::report::number::number;
use crate::report::{Style, visible};

/// How many pairs a text shows.
const PAIRS: usize = 40;

/// What audiences have in common.
#[derive(Clone, Copy, Debug)]
pub struct OverlapAnswer<'a> {
    /// The estimates.
    pub estimates: &'a Estimates,
    /// Every two of them.
    pub overlaps: &'a [Overlap],
}

impl OverlapAnswer<'_> {
    fn address(&self, at: usize) -> String {
        self.estimates.audiences.get(at).map_or_else(String::new, |each| each.audience.address.to_string())
    }
}

fn share(share: Option<f64>) -> String {
    share.map_or_else(|| "--".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

impl Answer for OverlapAnswer<'_> {
    fn text(&self, style: Style) -> String {
        if self.overlaps.is_empty() {
            return "An overlap is of at least two audiences.\n".to_owned();
        }
        // Those that are most alike come first.
        let mut sorted: Vec<&Overlap> = self.overlaps.iter().collect();
        sorted.sort_by(|a, b| b.alike.unwrap_or(0.0).total_cmp(&a.alike.unwrap_or(0.0)));
        let heads = [
            ("audience", false),
            ("and", false),
            ("in both", true),
            ("of the first", true),
            ("of the second", true),
            ("alike", true),
            ("", false),
        ];
        let rows = sorted.iter().take(PAIRS).map(|each| {
            let alike = (each.alike.unwrap_or(0.0) * 1000.0) as u64;
            vec![
                self.address(each.first),
                self.address(each.second),
                whole_text(each.both),
                share(each.of_first),
                share(each.of_second),
                share(each.alike),
                bar(alike, 1000),
            ]
        });
        let mut text = table(&heads, rows, style);
        if sorted.len() > PAIRS {
            let more = number((sorted.len() - PAIRS) as u64);
            text.push_str(&format!("\n {more} more pairs are less alike; --csv, --svg and --json have all\n"));
        }
        for each in &self.estimates.audiences {
            if let Err(obstacle) = &each.size {
                text.push_str(&format!(" ⚠ {}: {}\n", each.audience.address, visible(&obstacle.to_string())));
            }
        }
        format!("{text}\n {}\n", style.paint(Style::FAINT, asked_of(self.estimates)))
    }

    fn json(&self) -> Value {
        let frame = &self.estimates.frame;
        let pair = |each: &Overlap| {
            json!({
                "first": self.address(each.first),
                "second": self.address(each.second),
                "both": size_json(each.both),
                "of_first": each.of_first,
                "of_second": each.of_second,
                "alike": each.alike,
            })
        };
        json!({
            "version": VERSION,
            "sample": asked_json(frame.asked, frame.users),
            "pairs": self.overlaps.iter().map(pair).collect::<Vec<_>>(),
        })
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let head = ["first", "second", "both", "both_low", "both_high", "of_first", "of_second", "alike"];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(self.overlaps.iter().map(|each| {
            let plain = |share: Option<f64>| share.map_or_else(String::new, |share| format!("{share:.6}"));
            let mut row = vec![self.address(each.first), self.address(each.second)];
            row.extend(cells(Some(each.both)));
            row.extend([each.of_first, each.of_second, each.alike].map(plain));
            row
        }));
        rows
    }

    fn page(&self) -> Page {
        let audiences = &self.estimates.audiences;
        let mut rows: Vec<MatrixRow> = audiences
            .iter()
            .map(|each| MatrixRow {
                label: each.audience.address.to_string(),
                cells: vec![MatrixCell { share: f64::NAN, count: 0 }; audiences.len()],
            })
            .collect();
        let mut put = |row: usize, column: usize, cell: MatrixCell| {
            let cells = rows.get_mut(row).map(|row| &mut row.cells);
            cells.and_then(|cells| cells.get_mut(column)).into_iter().for_each(|each| *each = cell);
        };
        for (at, each) in audiences.iter().enumerate() {
            let count = each.size.as_ref().map_or(0, |size| figure(*size));
            put(at, at, MatrixCell { share: if count > 0 { 1.0 } else { f64::NAN }, count });
        }
        for each in self.overlaps {
            let cell = |share: Option<f64>| MatrixCell { share: share.unwrap_or(f64::NAN), count: figure(each.both) };
            put(each.first, each.second, cell(each.of_first));
            put(each.second, each.first, cell(each.of_second));
        }
        let matrix = Matrix {
            title: "What audiences have in common".to_owned(),
            legend: format!(
                "share of the row's members who are in the column too{}",
                if self.estimates.frame.is_everybody() { "" } else { ", in a sample" }
            ),
            rows,
        };
        let sizes = audiences.iter().map(|each| {
            let size = each.size.as_ref().map_or_else(|_| "⚠".to_owned(), |size| size_text(*size));
            format!("{} {size}", each.audience.address)
        });
        let mut parts = vec![Part::Drawing(Drawing::Matrix(matrix)), Part::Paragraph(asked_of(self.estimates))];
        parts.push(Part::Paragraph(sizes.collect::<Vec<_>>().join(" · ")));
        Page { title: "Overlap of audiences".to_owned(), parts }
    }
}
