//! The lines of one audience in a plan: its head, fields, variants, connections.
//!
//! In: one change and the widths that the whole plan agreed on. Out: painted lines.

use crate::base::{Origin, SourceMap};
use crate::catalog::{DeleteBehaviour, OutputKind};
use crate::ir::{Status, VariantName};
use crate::plan::{Action, Change, ConnectionChange, FieldChange, People};
use crate::report::number::{number, people};
use crate::report::{Style, visible};

/// What stands in the head of an audience, unpainted.
pub(super) struct Head {
    symbol: &'static str,
    label: String,
    before: String,
    after: String,
    adds: String,
    drops: String,
}

/// How wide the columns of a plan are, in characters.
#[derive(Clone, Copy, Default)]
pub(super) struct Widths {
    label: usize,
    before: usize,
    after: usize,
    adds: usize,
    drops: usize,
    connection: usize,
    sent: usize,
}

/// How lines are drawn.
#[derive(Clone, Copy)]
pub(super) struct Pen<'a> {
    /// Colours and width.
    pub style: Style,
    /// Where definitions were written.
    pub sources: &'a SourceMap,
    /// Whether everything is shown.
    pub verbose: bool,
}

/// A label this long may push the numbers of its own line to the right, but not those of the others.
const WIDEST_LABEL: usize = 48;

/// Lines are not filled beyond this, however wide the terminal is.
const WIDEST_LINE: usize = 110;

impl Head {
    pub(super) fn new(change: &Change) -> Self {
        let people = &change.people;
        let draft = |definition: &Option<Box<crate::ir::Audience>>| {
            definition.as_ref().is_some_and(|audience| audience.status == Status::Draft)
        };
        let after = match (&change.action, people.size_after()) {
            (Action::Delete, _) if draft(&change.before) => "nothing".to_owned(),
            (Action::Delete, _) => self::people(0),
            (_, Some(size)) => self::people(size),
            (_, None) => "draft".to_owned(),
        };
        let signed =
            |sign: char, count: u64| if count == 0 { String::new() } else { format!("{sign}{}", number(count)) };
        Self {
            symbol: symbol(change.action),
            label: label(change),
            before: if draft(&change.before) { "draft".to_owned() } else { number(people.before) },
            after,
            adds: signed('+', people.adds.len()),
            drops: signed('−', people.drops.len()),
        }
    }
}

/// The sign of an action.
fn symbol(action: Action) -> &'static str {
    match action {
        Action::Delete => "-",
        Action::Create => "+",
        Action::Replace => "-/+",
        Action::Activate | Action::Pause | Action::Rename | Action::Update => "~",
        Action::Refresh => "±",
    }
}

/// `lapsed_spenders "Lapsed spenders" (was old_lapsed)`.
fn label(change: &Change) -> String {
    let name = change.definition().map(|audience| audience.name.as_str());
    let name = name.filter(|name| *name != change.address.as_str());
    let name = name.map_or_else(String::new, |name| format!(" \"{}\"", visible(name)));
    let was = change.renamed_from.as_ref().map_or_else(String::new, |from| format!(" (was {from})"));
    format!("{}{name}{was}", change.address)
}

impl Widths {
    pub(super) fn of(heads: &[Head], changes: &[Change]) -> Self {
        let most = |text: fn(&Head) -> &str| heads.iter().map(|head| width(text(head))).max().unwrap_or(0);
        let connections = || changes.iter().flat_map(|change| &change.connections);
        Self {
            label: most(|head| &head.label).min(WIDEST_LABEL),
            before: most(|head| &head.before),
            after: most(|head| &head.after),
            adds: most(|head| &head.adds),
            drops: most(|head| &head.drops),
            connection: connections().map(|each| width(&connection_name(each))).max().unwrap_or(0),
            sent: connections().map(|each| width(&sent(each))).max().unwrap_or(0),
        }
    }
}

/// How many columns a text takes. Definitions are mostly Latin; wider scripts only shift what stands behind them.
fn width(text: &str) -> usize {
    text.chars().count()
}

fn connection_name(connection: &ConnectionChange) -> String {
    match &connection.variant {
        VariantName::Whole => connection.output.to_string(),
        variant => format!("{} / {variant}", connection.output),
    }
}

fn sent(connection: &ConnectionChange) -> String {
    let (adds, drops) = (connection.adds.len(), connection.drops.len());
    let signs = [('+', adds), ('−', drops)];
    let parts: Vec<String> =
        signs.iter().filter(|(_, count)| *count > 0).map(|(sign, count)| format!("{sign}{}", number(*count))).collect();
    let noun = if adds.max(drops) == 1 && adds.min(drops) == 0 { "person" } else { "people" };
    format!("{} {noun}", parts.join(" "))
}

impl Pen<'_> {
    /// All lines of one audience.
    pub(super) fn change(&self, head: &Head, change: &Change, widths: &Widths) -> Vec<String> {
        let mut lines = vec![self.head(head, change.action, widths)];
        lines.extend(self.fields(change));
        if !change.variants.is_empty() {
            let parts: Vec<String> = change.variants.iter().map(|(name, people)| self.variant(name, people)).collect();
            lines.push(format!("    split   {}", parts.join(" · ")));
        }
        lines.extend(change.connections.iter().map(|each| self.connection(each, change.action, widths)));
        lines
    }

    fn head(&self, head: &Head, action: Action, widths: &Widths) -> String {
        let style = self.style;
        let paint = match action {
            Action::Delete => Style::REMOVED,
            Action::Create => Style::ADDED,
            _ => Style::WARNING,
        };
        let numbers = format!("{:>1$} → ", head.before, widths.before);
        let pad = |text: &str, to: usize| " ".repeat(to.saturating_sub(width(text)));
        let line = format!(
            "{} {}{}  {numbers}{}{}  {}{}  {}{}",
            style.paint(paint, head.symbol),
            style.paint(Style::STRONG, &head.label),
            pad(&head.label, widths.label),
            head.after,
            pad(&head.after, widths.after),
            pad(&head.adds, widths.adds),
            style.paint(Style::ADDED, &head.adds),
            pad(&head.drops, widths.drops),
            style.paint(Style::REMOVED, &head.drops),
        );
        line.trim_end().to_owned()
    }

    fn variant(&self, name: &VariantName, people: &People) -> String {
        let mut signs = Vec::new();
        if !people.adds.is_empty() {
            signs.push(self.style.paint(Style::ADDED, format!("+{}", number(people.adds.len()))));
        }
        if !people.drops.is_empty() {
            signs.push(self.style.paint(Style::REMOVED, format!("−{}", number(people.drops.len()))));
        }
        let signs = if signs.is_empty() { String::new() } else { format!(" ({})", signs.join(" ")) };
        format!("{name} {}{signs}", number(people.size_after().unwrap_or(0)))
    }

    fn connection(&self, connection: &ConnectionChange, action: Action, widths: &Widths) -> String {
        let arrow = self.style.paint(Style::FAINT, "→");
        let name = format!("{:<1$}", connection_name(connection), widths.connection);
        if action == Action::Delete {
            return format!("    {arrow} {name}  {}", after_deletion(connection));
        }
        let sent = format!("{:<1$}", sent(connection), widths.sent);
        let mut reach: Vec<String> =
            connection.identities.iter().map(|(identity, count)| format!("{identity} {}", number(*count))).collect();
        if connection.unreachable > 0 {
            let lost = format!("{} cannot be reached", number(connection.unreachable));
            reach.push(self.style.paint(Style::WARNING, lost));
        }
        if self.verbose {
            reach.push(format!("as \"{}\"", visible(&connection.downstream_name)));
        }
        format!("    {arrow} {name}  {sent}  {}", reach.join(" · ")).trim_end().to_owned()
    }

    /// The fields that differ. Those of a new audience are all new, and shown only where everything is.
    fn fields(&self, change: &Change) -> Vec<String> {
        if !self.verbose && change.action != Action::Update {
            return Vec::new();
        }
        let names = change.fields.iter().map(|field| width(&field.field)).max().unwrap_or(0).max(6);
        let groups = change.fields.chunk_by(|a, b| a.field == b.field);
        groups.flat_map(|group| self.group(group, names)).collect()
    }

    /// All changes of one field: criteria on a line each, other entries side by side.
    fn group(&self, group: &[FieldChange], names: usize) -> Vec<String> {
        let Some(first) = group.first() else { return Vec::new() };
        let lead = |name: &str| format!("    {name:<names$}  ");
        if first.field == "match" || first.old.is_some() == first.new.is_some() {
            let names = std::iter::once(first.field.as_str()).chain(std::iter::repeat(""));
            return group.iter().zip(names).flat_map(|(each, name)| self.field(each, lead(name))).collect();
        }
        let entries: Vec<String> = group.iter().map(|each| self.entry(each)).collect();
        vec![format!("{}{}", lead(&first.field), entries.join(" "))]
    }

    /// `+"New"`, `−"Old"`.
    fn entry(&self, field: &FieldChange) -> String {
        match (&field.old, &field.new) {
            (_, Some(new)) => self.style.paint(Style::ADDED, format!("+{}", visible(new))),
            (Some(old), None) => self.style.paint(Style::REMOVED, format!("−{}", visible(old))),
            (None, None) => String::new(),
        }
    }

    /// One field, on one line or, where that is too long, on two.
    fn field(&self, field: &FieldChange, lead: String) -> Vec<String> {
        let place = self.place(field.origin);
        let room = self.style.width.min(WIDEST_LINE);
        let (old, new) = (field.old.as_deref().map(visible), field.new.as_deref().map(|new| self.rest(field, new)));
        let whole = match (&old, &new) {
            _ if !self.verbose && is_long(field) => self.style.paint(Style::FAINT, "changed; -v shows it"),
            (Some(old), Some(new)) => format!("{old}  →  {new}"),
            (None, Some(new)) => format!("+ {new}"),
            (Some(old), None) => format!("− {old}"),
            (None, None) => String::new(),
        };
        let fits = width(&lead) + width(&whole) + 2 + width(&place) <= room;
        if let (Some(old), Some(new), false) = (&old, &new, fits) {
            let below = " ".repeat(width(&lead));
            return vec![format!("{lead}{old}"), self.placed(format!("{below}→  {new}"), &place, room)];
        }
        vec![self.placed(format!("{lead}{whole}"), &place, room)]
    }

    /// The new text without the part that it shares with the old one.
    fn rest(&self, field: &FieldChange, new: &str) -> String {
        let rest = if self.verbose { None } else { new.get(field.shared..) };
        visible(rest.unwrap_or(new)).into_owned()
    }

    fn placed(&self, line: String, place: &str, room: usize) -> String {
        if place.is_empty() {
            return line.trim_end().to_owned();
        }
        let gap = room.saturating_sub(width(&line) + width(place)).max(2);
        format!("{line}{}{}", " ".repeat(gap), self.style.paint(Style::FAINT, place))
    }

    /// `audiences/lapsed.aud:9`, or nothing.
    fn place(&self, origin: Origin) -> String {
        let found = origin.0.and_then(|span| Some((self.sources.get(span.source)?, span)));
        found.map_or_else(String::new, |(source, span)| {
            let path = source.path.display().to_string();
            format!("{}:{}", visible(&path), source.line_column(span.start).0)
        })
    }
}

/// Whether a change is told in short: documentation, and settings of a connection that stays what it is.
fn is_long(field: &FieldChange) -> bool {
    let status = |side: &Option<String>| side.as_deref().and_then(|text| text.split(',').next().map(str::to_owned));
    field.field == "doc" || field.field.starts_with("connect ") && status(&field.old) == status(&field.new)
}

/// What becomes of the people downstream when their audience is deleted.
fn after_deletion(connection: &ConnectionChange) -> String {
    let kind = OutputKind::find(&connection.kind);
    let title = kind.map_or(connection.kind.as_str(), |kind| kind.title);
    let count = connection.drops.len();
    let are = if count == 1 { "is" } else { "are" };
    match kind.map(|kind| kind.on_delete) {
        Some(DeleteBehaviour::SendsRemovals) => format!("{} {are} removed from {title}", people(count)),
        None => format!("{} {are} dropped", people(count)),
    }
}
