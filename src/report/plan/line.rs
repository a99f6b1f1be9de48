//! The lines of one audience in a plan: its head, notes, fields, causes, variants, connections.
//!
//! In: one change as it is shown, and the widths that the whole plan agreed on. Out: painted lines.

use super::view::*;
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
    symbol: usize,
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
pub(super) struct Pen {
    /// Colours and width.
    pub style: Style,
    /// Whether everything is shown.
    pub verbose: bool,
}

/// A label this long may push the numbers of its own line to the right, but not those of the others.
const WIDEST_LABEL: usize = 48;

/// Lines are not filled beyond this, however wide the terminal is.
const WIDEST_LINE: usize = 110;

impl Head {
    pub(super) fn new(change: &ChangeView) -> Self {
        Self {
            symbol: change.action.symbol(),
            label: label(change),
            before: change.before(),
            after: change.after(),
            adds: change.people.adds.signed('+'),
            drops: change.people.drops.signed('−'),
        }
    }
}

/// `lapsed_spenders "Lapsed spenders" (was old_lapsed)`.
fn label(change: &ChangeView) -> String {
    let name = change.title().map_or_else(String::new, |name| format!(" \"{}\"", visible(name)));
    let was = change.renamed_from.as_ref().map_or_else(String::new, |from| format!(" (was {from})"));
    format!("{}{name}{was}", change.address)
}

impl Widths {
    pub(super) fn of(heads: &[Head], changes: &[ChangeView]) -> Self {
        let most = |text: fn(&Head) -> &str| heads.iter().map(|head| width(text(head))).max().unwrap_or(0);
        let connections = || changes.iter().flat_map(|change| &change.connections);
        Self {
            symbol: most(|head| head.symbol),
            label: most(|head| &head.label).min(WIDEST_LABEL),
            before: most(|head| &head.before),
            after: most(|head| &head.after),
            adds: most(|head| &head.adds),
            drops: most(|head| &head.drops),
            connection: connections().map(|each| width(&each.label())).max().unwrap_or(0),
            sent: connections().map(|each| width(&each.sent())).max().unwrap_or(0),
        }
    }
}

/// How many columns a text takes. Definitions are mostly Latin; wider scripts only shift what stands behind them.
fn width(text: &str) -> usize {
    text.chars().count()
}

impl Pen {
    /// All lines of one audience.
    pub(super) fn change(&self, head: &Head, change: &ChangeView, widths: &Widths) -> Vec<String> {
        let mut lines = vec![self.head(head, change.action, widths)];
        lines.extend(self.notes(change));
        lines.extend(self.fields(change));
        let why: Vec<String> =
            change.why_words().iter().map(|(moves, cause)| format!("{} {cause}", self.moves(moves))).collect();
        if !why.is_empty() {
            lines.push(format!("    why     {}", why.join(" · ")));
        }
        if !change.variants.is_empty() {
            let parts: Vec<String> = change.variants.iter().map(|each| self.variant(each)).collect();
            lines.push(format!("    split   {}", parts.join(" · ")));
        }
        lines.extend(change.connections.iter().map(|each| self.connection(each, change.action, widths)));
        lines.extend(change.samples.iter().map(|sample| self.sample(sample)));
        lines
    }

    fn head(&self, head: &Head, action: ActionView, widths: &Widths) -> String {
        let style = self.style;
        let paint = match action {
            ActionView::Delete => Style::REMOVED,
            ActionView::Create => Style::ADDED,
            _ => Style::WARNING,
        };
        let numbers = format!("{:>1$} → ", head.before, widths.before);
        let pad = |text: &str, to: usize| " ".repeat(to.saturating_sub(width(text)));
        let line = format!(
            "{}{} {}{}  {numbers}{}{}  {}{}  {}{}",
            style.paint(paint, head.symbol),
            pad(head.symbol, widths.symbol),
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

    /// What has to be said beside the figures: `! drift: …`.
    fn notes(&self, change: &ChangeView) -> Vec<String> {
        let note = |note: &super::words::Note| match note.warns {
            true => format!("    {} {}", self.style.paint(Style::WARNING, "!"), visible(&note.text)),
            false => format!("    {}", self.style.paint(Style::FAINT, visible(&note.text))),
        };
        change.notes().iter().map(note).collect()
    }

    /// `+85 −16`, in colours.
    fn moves(&self, moves: &MovesView) -> String {
        let parts = [(moves.adds, '+', Style::ADDED), (moves.drops, '−', Style::REMOVED)];
        let parts = parts.iter().filter(|(figure, ..)| !figure.is_zero());
        let parts: Vec<String> =
            parts.map(|(figure, sign, paint)| self.style.paint(*paint, figure.signed(*sign))).collect();
        parts.join(" ")
    }

    fn variant(&self, variant: &VariantView) -> String {
        let people = &variant.people;
        let moves = self.moves(&MovesView { adds: people.adds, drops: people.drops });
        let moves = if moves.is_empty() { String::new() } else { format!(" ({moves})") };
        format!("{} {}{moves}", variant.variant, people.after.unwrap_or(0.into()))
    }

    fn connection(&self, connection: &ConnectionView, action: ActionView, widths: &Widths) -> String {
        let arrow = self.style.paint(Style::FAINT, "→");
        let name = format!("{:<1$}", connection.label(), widths.connection);
        if action == ActionView::Delete {
            return format!("    {arrow} {name}  {}", visible(&connection.after_deletion()));
        }
        let sent = format!("{:<1$}", connection.sent(), widths.sent);
        let mut rest: Vec<String> = Vec::new();
        if let Some(event) = connection.event(action) {
            let ends = connection.action == ConnectionActionView::Disconnect;
            rest.push(self.style.paint(if ends { Style::REMOVED } else { Style::ADDED }, event));
        }
        if self.verbose && !connection.kept.is_zero() {
            let stay = if connection.kept.is_one() { "stays" } else { "stay" };
            rest.push(format!("{} {stay}", connection.kept));
        }
        rest.extend(connection.identities_words());
        rest.extend(connection.lost().map(|lost| self.style.paint(Style::WARNING, lost)));
        if self.verbose {
            rest.push(format!("as \"{}\"", visible(&connection.downstream_name)));
        }
        format!("    {arrow} {name}  {sent}  {}", rest.join(" · ")).trim_end().to_owned()
    }

    /// `+ user 3f9a…  your edit  user "lifetime_value" > 400`.
    fn sample(&self, sample: &SampleView) -> String {
        let (sign, paint) = if sample.enters { ("+", Style::ADDED) } else { ("−", Style::REMOVED) };
        let criterion = sample.criterion.as_deref().map(visible).unwrap_or_default();
        let line = format!(
            "    {} {}  {}  {criterion}",
            self.style.paint(paint, sign),
            visible(&sample.user),
            sample.cause.words()
        );
        line.trim_end().to_owned()
    }

    /// The fields that differ. Those of a new audience are all new, and shown only where everything is.
    fn fields(&self, change: &ChangeView) -> Vec<String> {
        if !self.verbose && change.action == ActionView::Create {
            return Vec::new();
        }
        let fields: Vec<&FieldView> = change.told_fields().collect();
        let names = fields.iter().map(|field| width(&field.field)).max().unwrap_or(0).max(6);
        let groups = fields.chunk_by(|a, b| a.field == b.field);
        groups.flat_map(|group| self.group(group, names)).collect()
    }

    /// All changes of one field: criteria on a line each, other entries side by side.
    fn group(&self, group: &[&FieldView], names: usize) -> Vec<String> {
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
    fn entry(&self, field: &FieldView) -> String {
        match (&field.old, &field.new) {
            (_, Some(new)) => self.style.paint(Style::ADDED, format!("+{}", visible(new))),
            (Some(old), None) => self.style.paint(Style::REMOVED, format!("−{}", visible(old))),
            (None, None) => String::new(),
        }
    }

    /// One field, on one line or, where that is too long, on two.
    fn field(&self, field: &FieldView, lead: String) -> Vec<String> {
        let place = field.at.as_deref().map(|at| visible(at).into_owned()).unwrap_or_default();
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
    fn rest(&self, field: &FieldView, new: &str) -> String {
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
}

/// Whether a change is told in short: documentation, and settings of a connection that stays what it is.
fn is_long(field: &FieldView) -> bool {
    let status = |side: &Option<String>| side.as_deref().and_then(|text| text.split(',').next().map(str::to_owned));
    field.field == "doc" || field.field.starts_with("connect ") && status(&field.old) == status(&field.new)
}
