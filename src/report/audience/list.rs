//! The table of audiences.

use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table, presets};
use serde_json::{Value, json as object};

use super::VERSION;
use crate::base::{Address, Now, OutputName, Timestamp, WorkspaceName};
use crate::estimate::{Obstacle, Size};
use crate::ir::{Access, Audience, Standard, Status};
use crate::report::estimate::{found_json, size_text};
use crate::report::number::{instant, number};
use crate::report::{Style, visible};
use crate::state::{AudienceRecord, Metrics, StandardState};

/// The part of a list that an audience stands in, as the platform's page has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tab {
    /// Real-time audiences that read one workspace.
    Single,
    /// Real-time audiences that read several.
    Multi,
    /// Standard audiences.
    Standard,
}

impl Tab {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Single, Self::Multi, Self::Standard];

    /// Where an audience stands.
    pub fn of(audience: &Audience) -> Self {
        match (audience.standard, audience.workspaces.len()) {
            (Some(_), _) => Self::Standard,
            (None, 0 | 1) => Self::Single,
            (None, _) => Self::Multi,
        }
    }

    /// The word for it, in JSON and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Multi => "multi",
            Self::Standard => "standard",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Single => "Single workspace",
            Self::Multi => "Multi workspace",
            Self::Standard => "Standard",
        }
    }
}

/// One audience of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListRow {
    /// Where it stands.
    pub tab: Tab,
    /// The workspaces that it reads.
    pub workspaces: Vec<WorkspaceName>,
    /// Its number; `None` where it is not deployed.
    pub id: Option<u64>,
    /// Its display name.
    pub name: String,
    /// Its address.
    pub address: Address,
    /// Whether it has an A/B test.
    pub split: bool,
    /// Whether that runs: it is deployed, and active.
    pub testing: bool,
    /// Size, adds and drops of 24 hours; `None` where it is not evaluated: drafts, and what is not deployed.
    pub metrics: Option<Metrics>,
    /// How large it would be, where it was not evaluated so far; or why that cannot be said.
    pub estimate: Option<Result<Size, Obstacle>>,
    /// The outputs that it is connected to, each once.
    pub outputs: Vec<OutputName>,
    /// Its tags.
    pub tags: Vec<String>,
    /// When its definition was last changed; `None` where it is not deployed.
    pub updated: Option<Timestamp>,
    /// Who deployed it first; `None` where it is not deployed.
    pub created_by: Option<String>,
    /// Who may see and use it.
    pub access: Access,
    /// Draft or active.
    pub status: Status,
    /// Evaluated once, over which events; `None` for a real-time audience.
    pub standard: Option<Standard>,
    /// Where a standard audience stands; `None` where it was not evaluated.
    pub state: Option<StandardState>,
}

impl ListRow {
    /// An audience as written and not deployed.
    pub fn written(audience: &Audience) -> Self {
        let mut outputs: Vec<OutputName> = audience.connections.iter().map(|each| each.output.clone()).collect();
        outputs.sort();
        outputs.dedup();
        Self {
            tab: Tab::of(audience),
            workspaces: audience.workspaces.iter().cloned().collect(),
            id: None,
            name: audience.name.clone(),
            address: audience.address.clone(),
            split: audience.split.is_some(),
            testing: false,
            metrics: None,
            estimate: None,
            outputs,
            tags: audience.tags.iter().cloned().collect(),
            updated: None,
            created_by: None,
            access: audience.access,
            status: audience.status,
            standard: audience.standard,
            state: None,
        }
    }

    /// An audience as deployed, with its counters, as of `now`.
    pub fn deployed(record: &AudienceRecord, metrics: Metrics, now: Now) -> Self {
        Self {
            id: Some(record.id),
            testing: record.definition.split.is_some() && record.definition.status == Status::Active,
            metrics: record.members.as_ref().map(|_| metrics),
            updated: Some(record.updated.0),
            created_by: Some(record.created.1.clone()),
            state: record.standard_state(now),
            ..Self::written(&record.definition)
        }
    }

    /// The size, or what was estimated in its place.
    fn size(&self) -> String {
        match (&self.metrics, &self.estimate) {
            (Some(metrics), _) => number(metrics.size),
            (None, Some(Ok(size))) => size_text(*size),
            (None, Some(Err(_))) => "⚠".to_owned(),
            (None, None) => String::new(),
        }
    }

    fn status(&self) -> String {
        let deployed = if self.updated.is_some() { "" } else { ", not deployed" };
        let standard = if self.standard.is_some() { ", standard" } else { "" };
        let state = self.state.map_or_else(String::new, |state| format!(", {}", state.word()));
        format!("{}{standard}{state}{deployed}", self.status.word())
    }
}

/// A column: its title, whether it holds numbers, and what it says of a row.
struct Column {
    title: &'static str,
    numeric: bool,
    text: fn(&ListRow) -> String,
}

/// Stands only where somebody reads several.
const WORKSPACES: &str = "Workspaces";

const COLUMNS: [Column; 13] = [
    Column {
        title: "Name",
        numeric: false,
        text: |row| format!("{}{}", row.name, if row.testing { " %" } else { "" }),
    },
    Column { title: "Address", numeric: false, text: |row| row.address.to_string() },
    Column { title: WORKSPACES, numeric: false, text: |row| joined(&row.workspaces) },
    Column { title: "Size", numeric: true, text: ListRow::size },
    Column { title: "Adds 24h", numeric: true, text: |row| counter(row, |metrics| metrics.adds) },
    Column { title: "Drops 24h", numeric: true, text: |row| counter(row, |metrics| metrics.drops) },
    Column { title: "Volatility", numeric: true, text: |row| row.metrics.map_or_else(String::new, |m| volatility(&m)) },
    Column { title: "Connected outputs", numeric: false, text: |row| joined(&row.outputs) },
    Column { title: "Tags", numeric: false, text: |row| joined(&row.tags) },
    Column { title: "Last updated", numeric: false, text: |row| row.updated.map_or_else(String::new, instant) },
    Column { title: "Created by", numeric: false, text: |row| row.created_by.clone().unwrap_or_default() },
    Column { title: "Access", numeric: false, text: |row| row.access.word().to_owned() },
    Column { title: "Status", numeric: false, text: ListRow::status },
];

/// What a narrow terminal goes without, the least missed first.
const DISPENSABLE: [&str; 5] = ["Created by", "Access", "Last updated", "Tags", "Address"];

fn counter(row: &ListRow, of: fn(&Metrics) -> u64) -> String {
    row.metrics.map_or_else(String::new, |metrics| number(of(&metrics)))
}

fn joined<T: ToString>(names: &[T]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// (adds + drops) / size in per cent; `--` where the size is 0.
pub(super) fn volatility(metrics: &Metrics) -> String {
    metrics.volatility().map_or_else(|| "--".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// The table, with a line break at its end; one table under a title for each tab, where there are several. Columns that do not fit the width are left
/// out, and named below.
pub fn list(rows: &[ListRow], style: Style) -> String {
    let tabs = Tab::ALL.map(|tab| (tab, rows.iter().filter(|row| row.tab == tab).collect::<Vec<_>>()));
    let mut filled = tabs.iter().filter(|(_, rows)| !rows.is_empty());
    match (filled.next(), filled.next()) {
        (None, _) => "No audiences.\n".to_owned(),
        (Some((_, only)), None) => table(only, style),
        _ => {
            let filled = tabs.iter().filter(|(_, rows)| !rows.is_empty());
            let titled = filled.map(|(tab, rows)| {
                let title = style.paint(Style::STRONG, format!("{} ({})", tab.title(), rows.len()));
                format!("{title}\n\n{}", table(rows, style))
            });
            titled.collect::<Vec<_>>().join("\n")
        }
    }
}

fn table(rows: &[&ListRow], style: Style) -> String {
    let several = rows.iter().any(|row| row.workspaces.len() > 1);
    let mut shown: Vec<&Column> = COLUMNS.iter().filter(|column| several || column.title != WORKSPACES).collect();
    let mut left_out = Vec::new();
    for title in DISPENSABLE {
        if width(&shown, rows) <= style.width {
            break;
        }
        shown.retain(|column| column.title != title);
        left_out.push(title);
    }
    let text = draw(rows, &shown, style);
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let note = format!("no room for {}; a wider terminal or --json shows them", left_out.join(", "));
    let note = style.paint(Style::FAINT, note);
    if !left_out.is_empty() {
        lines.extend(["", &note]);
    }
    lines.push("");
    lines.join("\n")
}

/// How wide the table is; colours, which take no room, are left out of it.
fn width(columns: &[&Column], rows: &[&ListRow]) -> usize {
    let text = draw(rows, columns, Style::PLAIN);
    text.lines().map(|line| line.trim_end().chars().count()).max().unwrap_or(0)
}

fn draw(rows: &[&ListRow], columns: &[&Column], style: Style) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let title = |column: &&Column| cell(column, column.title).add_attribute(Attribute::Bold);
    table.set_header(columns.iter().map(title));
    for row in rows {
        table.add_row(columns.iter().map(|column| {
            let cell = cell(column, &visible(&(column.text)(row)));
            match column.title {
                "Adds 24h" => cell.fg(Color::Green),
                "Drops 24h" => cell.fg(Color::Red),
                _ => cell,
            }
        }));
    }
    // The first column starts at the edge.
    if let Some(first) = table.column_mut(0) {
        first.set_padding((0, 1));
    }
    if style.color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.to_string()
}

fn cell(column: &Column, text: &str) -> Cell {
    Cell::new(text).set_alignment(if column.numeric { CellAlignment::Right } else { CellAlignment::Left })
}

/// The list as a JSON document.
pub fn list_json(rows: &[ListRow]) -> Value {
    object!({ "version": VERSION, "audiences": rows.iter().map(row_json).collect::<Vec<_>>() })
}

fn row_json(row: &ListRow) -> Value {
    object!({
        "id": row.id,
        "name": row.name,
        "address": row.address,
        "split": row.split,
        "size": row.metrics.map(|metrics| metrics.size),
        "estimate": row.estimate.as_ref().map(found_json),
        "adds_24h": row.metrics.map(|metrics| metrics.adds),
        "drops_24h": row.metrics.map(|metrics| metrics.drops),
        "volatility": row.metrics.and_then(|metrics| metrics.volatility()),
        "outputs": row.outputs,
        "tags": row.tags,
        "updated": row.updated.map(|at| at.to_string()),
        "created_by": row.created_by,
        "access": row.access,
        "status": row.status,
        "standard": row.standard.map(|standard| standard.to_string()),
        "standard_state": row.state.map(StandardState::word),
        "deployed": row.updated.is_some(),
        "tab": row.tab.word(),
        "workspaces": row.workspaces,
        "test_running": row.testing,
    })
}
