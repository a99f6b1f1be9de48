//! One audience over days: how it behaved, and who leaves by time alone.

use serde_json::{Value, json};

use super::words::{asked, asked_json, bar, cells, figure, interval, size_json, table, whole_text};
use super::{Answer, VERSION};
use crate::estimate::{Day, History, Size};
use crate::picture::{DayFigures, Days, Drawing, Page, Part};
use crate::report::{Style, visible};

/// What a backtest cannot know.
const CAVEAT: &str =
    "events are taken from their times; attributes, identities and who was seen when are as last known";
/// What the days ahead are.
const AHEAD: &str = "ahead: by time alone, as if nothing were written any more";

/// An audience over days.
#[derive(Clone, Copy, Debug)]
pub struct HistoryAnswer<'a>(pub &'a History);

fn date(day: &Day) -> String {
    day.at.0.to_chrono().format("%Y-%m-%d").to_string()
}

impl Answer for HistoryAnswer<'_> {
    fn text(&self, style: Style) -> String {
        let History { audience, past, ahead, frame, obstacle } = self.0;
        let largest = past.iter().chain(ahead).map(|day| figure(day.size)).max().unwrap_or(0);
        let moved = |size: Option<Size>, sign: &str| match size {
            Some(size) if size.range().1 > 0 => format!("{sign}{}", whole_text(size)),
            _ => String::new(),
        };
        let row = |day: &Day| {
            let (adds, drops) = (moved(day.adds, "+"), moved(day.drops, "−"));
            vec![date(day), whole_text(day.size), adds, drops, bar(figure(day.size), largest)]
        };
        let heads = [("day", false), ("size", true), ("adds", true), ("drops", true), ("", false)];
        let at = past.last().map_or_else(String::new, |day| day.at.0.to_chrono().format("%H:%M UTC").to_string());
        let mut text = format!("{}  at {at} of each day\n", style.paint(Style::STRONG, &audience.address));
        if let Some(obstacle) = obstacle {
            text.push_str(&format!(" ⚠ {}\n", visible(&obstacle.to_string())));
        }
        text.push_str(&table(&heads, past.iter().map(row), style));
        if !ahead.is_empty() {
            text.push_str(&format!("\n {}\n", style.paint(Style::STRONG, AHEAD)));
            text.push_str(&table(&heads, ahead.iter().map(row), style));
        }
        let notes = format!("{CAVEAT}\n {}", asked(frame.asked, frame.users));
        format!("{text}\n {}\n", style.paint(Style::FAINT, notes))
    }

    fn json(&self) -> Value {
        let History { audience, past, ahead, frame, obstacle } = self.0;
        let day = |day: &Day| {
            json!({
                "at": day.at.0.to_string(),
                "size": size_json(day.size),
                "adds": day.adds.map(size_json),
                "drops": day.drops.map(size_json),
            })
        };
        json!({
            "version": VERSION,
            "address": audience.address,
            "sample": asked_json(frame.asked, frame.users),
            "obstacle": obstacle,
            "past": past.iter().map(day).collect::<Vec<_>>(),
            "ahead": ahead.iter().map(day).collect::<Vec<_>>(),
            "notes": [CAVEAT, AHEAD],
        })
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let head = [
            "at",
            "ahead",
            "size",
            "size_low",
            "size_high",
            "adds",
            "adds_low",
            "adds_high",
            "drops",
            "drops_low",
            "drops_high",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        let days = self.0.past.iter().map(|day| (day, false)).chain(self.0.ahead.iter().map(|day| (day, true)));
        rows.extend(days.map(|(day, is_ahead)| {
            let mut row = vec![day.at.0.to_string(), is_ahead.to_string()];
            row.extend([Some(day.size), day.adds, day.drops].into_iter().flat_map(cells));
            row
        }));
        rows
    }

    fn page(&self) -> Page {
        let History { audience, past, ahead, frame, .. } = self.0;
        let figures = |day: &Day| DayFigures {
            day: date(day),
            size: figure(day.size),
            adds: day.adds.map_or(0, figure),
            drops: day.drops.map_or(0, figure),
            interval: interval(day.size),
        };
        let days = Days {
            title: format!("{} day by day", audience.address),
            unit: "people".to_owned(),
            days: past.iter().map(figures).collect(),
            forecast: ahead.iter().map(figures).collect(),
        };
        let notes = [CAVEAT.to_owned(), AHEAD.to_owned(), asked(frame.asked, frame.users)];
        let mut parts = vec![Part::Drawing(Drawing::Days(days))];
        parts.extend(notes.map(Part::Paragraph));
        Page { title: format!("Backtest of {}", audience.address), parts }
    }
}
