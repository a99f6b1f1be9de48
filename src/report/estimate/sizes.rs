//! Many audiences: the size of each.

use serde_json::{Value, json};

use super::words::{asked_json, asked_of, bar, bar_row, cells, figure, found_json, interval_text, size_text, table};
use super::{Answer, VERSION};
use crate::estimate::{AudienceEstimate, Estimates};
use crate::picture::{Drawing, Page, Part, Sizes};
use crate::report::Style;

/// The sizes of audiences.
#[derive(Clone, Copy, Debug)]
pub struct SizesAnswer<'a>(pub &'a Estimates);

impl Answer for SizesAnswer<'_> {
    fn text(&self, style: Style) -> String {
        let audiences = &self.0.audiences;
        if audiences.is_empty() {
            return "No audiences.\n".to_owned();
        }
        let largest = audiences.iter().filter_map(|each| each.size.as_ref().ok()).map(|size| figure(*size)).max();
        let row = |each: &AudienceEstimate| {
            let (size, interval, bar) = match &each.size {
                Ok(size) => (size_text(*size), interval_text(*size), bar(figure(*size), largest.unwrap_or(0))),
                Err(obstacle) => ("⚠".to_owned(), obstacle.to_string(), String::new()),
            };
            vec![each.audience.address.to_string(), size, interval, bar]
        };
        let heads = [("audience", false), ("size", true), ("95 % interval", false), ("", false)];
        let heads = if self.0.frame.is_everybody() { [heads[0], heads[1], ("", false), heads[3]] } else { heads };
        let table = table(&heads, audiences.iter().map(row), style);
        format!("{table}\n {}\n", style.paint(Style::FAINT, asked_of(self.0)))
    }

    fn json(&self) -> Value {
        let Estimates { frame, audiences } = self.0;
        let one = |each: &AudienceEstimate| {
            json!({
                "address": each.audience.address,
                "name": each.audience.name,
                "status": each.audience.status,
                "estimate": found_json(&each.size),
            })
        };
        json!({
            "version": VERSION,
            "sample": asked_json(frame.asked, frame.users),
            "audiences": audiences.iter().map(one).collect::<Vec<_>>(),
        })
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = vec![["audience", "size", "low", "high", "obstacle"].map(str::to_owned).to_vec()];
        rows.extend(self.0.audiences.iter().map(|each| {
            let obstacle = each.size.as_ref().err().map_or_else(String::new, ToString::to_string);
            let [size, low, high] = cells(each.size.as_ref().ok().copied());
            vec![each.audience.address.to_string(), size, low, high, obstacle]
        }));
        rows
    }

    fn page(&self) -> Page {
        let rows = self.0.audiences.iter().map(|each| bar_row(each.audience.address.to_string(), &each.size)).collect();
        let sizes = Sizes { title: "How large each audience is".to_owned(), unit: "people".to_owned(), rows };
        Page {
            title: "Audience sizes".to_owned(),
            parts: vec![Part::Paragraph(asked_of(self.0)), Part::Drawing(Drawing::Sizes(sizes))],
        }
    }
}
