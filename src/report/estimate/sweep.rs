//! A number that varies: the size at each value.

use serde_json::{Value, json};

use super::words::{
    asked, asked_json, bar, cells, cut, figure, interval, interval_text, size_json, size_text, table, whole_text,
};
use super::{Answer, VERSION};
use crate::base::Address;
use crate::estimate::{Setting, Size, Sweep};
use crate::picture::{Axis, Curve, CurvePoint, Drawing, Marker, Page, Part, Unit};
use crate::report::number::number;
use crate::report::{Style, visible};

/// A day in ms.
const DAY_MS: f64 = 86_400_000.0;

/// The size of an audience as one of its numbers varies.
#[derive(Clone, Copy, Debug)]
pub struct SweepAnswer<'a> {
    /// The audience.
    pub address: &'a Address,
    /// What was found.
    pub sweep: &'a Sweep,
    /// The size that was wanted.
    pub target: Option<u64>,
}

impl SweepAnswer<'_> {
    fn nearest(&self) -> Option<String> {
        let (setting, size) = self.sweep.nearest?;
        let target = number(self.target?);
        Some(format!("{setting} comes nearest to {target}: {} people", whole_text(size)))
    }
}

impl Answer for SweepAnswer<'_> {
    fn text(&self, style: Style) -> String {
        let Sweep { criterion, obstacle, written, steps, nearest, asked: (of, users) } = self.sweep;
        let largest = steps.iter().map(|(_, size)| figure(*size)).max().unwrap_or(0);
        let row = |(setting, size): &(Setting, Size)| {
            let is_nearest = nearest.is_some_and(|(nearest, _)| nearest == *setting);
            let mark = match (setting == written, is_nearest) {
                (true, true) => "◀ as written, nearest",
                (_, true) => "◀ nearest",
                (true, _) => "◀ as written",
                _ => "",
            };
            let (size_of, bar) = (size_text(*size), bar(figure(*size), largest));
            vec![setting.to_string(), size_of, interval_text(*size), bar, mark.to_owned()]
        };
        let heads = [("value", true), ("size", true), ("", false), ("", false), ("", false)];
        let mut text = format!("{}  {}\n", style.paint(Style::STRONG, self.address), cut(criterion, 90));
        if let Some(obstacle) = obstacle {
            text.push_str(&format!(" ⚠ {}\n", visible(&obstacle.to_string())));
        }
        text.push_str(&table(&heads, steps.iter().map(row), style));
        if let Some(nearest) = self.nearest() {
            text.push_str(&format!("\n {}\n", style.paint(Style::STRONG, nearest)));
        }
        format!("{text}\n {}\n", style.paint(Style::FAINT, asked(*of, *users)))
    }

    fn json(&self) -> Value {
        let step = |(setting, size): &(Setting, Size)| json!({ "value": setting, "size": size_json(*size) });
        json!({
            "version": VERSION,
            "address": self.address,
            "criterion": self.sweep.criterion,
            "obstacle": self.sweep.obstacle,
            "kind": self.sweep.written.kind(),
            "written": self.sweep.written,
            "sample": asked_json(self.sweep.asked.0, self.sweep.asked.1),
            "steps": self.sweep.steps.iter().map(step).collect::<Vec<_>>(),
            "target": self.target,
            "nearest": self.sweep.nearest.as_ref().map(step),
        })
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = vec![["value", "size", "low", "high"].map(str::to_owned).to_vec()];
        rows.extend(self.sweep.steps.iter().map(|(setting, size)| {
            let [size, low, high] = cells(Some(*size));
            vec![setting.to_string(), size, low, high]
        }));
        rows
    }

    fn page(&self) -> Page {
        let is_time = matches!(self.sweep.written, Setting::Time(_));
        let x = |setting: &Setting| if is_time { setting.number() / DAY_MS } else { setting.number() };
        let points = self.sweep.steps.iter().map(|(setting, size)| CurvePoint {
            x: x(setting),
            y: figure(*size) as f64,
            interval: interval(*size),
        });
        let (label, unit) = match self.sweep.written {
            Setting::Count(_) => ("times", Unit::Count),
            Setting::Time(_) => ("days", Unit::Number),
            Setting::Value(_) => ("value", Unit::Number),
        };
        let marker = self.target.map(|target| Marker {
            x: self.sweep.nearest.as_ref().map(|(setting, _)| x(setting)),
            y: Some(target as f64),
            label: number(target),
        });
        let curve = Curve {
            title: format!("{} as {} varies", self.address, cut(&self.sweep.criterion, 60)),
            x: Axis { label: label.to_owned(), unit, logarithmic: false },
            y: Axis { label: "people".to_owned(), unit: Unit::Count, logarithmic: false },
            points: points.collect(),
            marker,
        };
        let mut parts = vec![Part::Drawing(Drawing::Curve(curve))];
        parts.extend(self.nearest().map(Part::Paragraph));
        parts.push(Part::Paragraph(asked(self.sweep.asked.0, self.sweep.asked.1)));
        Page { title: format!("What if: {}", self.address), parts }
    }
}
