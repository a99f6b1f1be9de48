//! A plan as a page of its own.
//!
//! In: a [`PlanView`]. Out: one HTML document without anything from outside: figures, what is broken, a picture of who enters and leaves, and every audience in a table
//! to look things up in.

use super::order;
use super::view::*;
use crate::picture::{
    Browse, BrowseCell, Column, Drawing, Figure, Moves, MovesRow, Page, Part, PictureError, Theme, Tone,
};
use crate::report::number;

/// How many audiences have bars of their own.
const BARS: usize = 24;

/// From how many checks on they are folded up.
const OPEN_CHECKS: usize = 20;

/// A plan as one HTML document.
///
/// # Errors
/// None in practice: see [`PictureError`].
pub fn html(view: &PlanView) -> Result<String, PictureError> {
    let environment = view.made_from.environment.as_ref().map_or_else(String::new, |name| format!(" of {name}"));
    let mut parts = vec![Part::Paragraph(view.made_from_words())];
    parts.extend(view.limits().into_iter().map(Part::Paragraph));
    parts.extend(view.broken_advice().map(|advice| Part::Notice(Tone::Drop, advice)));
    if view.empty {
        parts.push(Part::Paragraph("Nothing to do.".to_owned()));
    } else {
        parts.push(Part::Figures(figures(view)));
    }
    parts.extend(view.pending().map(Part::Paragraph));
    parts.extend(checks(view));
    parts.extend(bars(view));
    if !view.changes.is_empty() {
        parts.push(Part::Heading("Audiences".to_owned()));
        parts.push(Part::Browse(audiences(view)));
    }
    parts.push(Part::Paragraph(view.evaluated()));
    Page { title: format!("Plan{environment}"), parts }.html(Theme::Reader)
}

fn figures(view: &PlanView) -> Vec<Figure> {
    let figure = |value: String, label: &str, tone| Figure { value, label: label.to_owned(), tone };
    let counts = &view.counts;
    let actions = [
        (counts.add, "to add"),
        (counts.replace, "to replace"),
        (counts.activate, "to activate"),
        (counts.pause, "to pause"),
        (counts.change, "to change"),
        (counts.rename, "to rename"),
        (counts.refresh, "to refresh"),
        (counts.delete, "to delete"),
    ];
    let actions = actions.into_iter().filter(|(count, _)| *count > 0);
    let mut all: Vec<Figure> = actions.map(|(count, label)| figure(number(count as u64), label, Tone::Plain)).collect();
    let words = |people: super::Figure, one, several| if people.is_one() { one } else { several };
    let (enter, leave) = (counts.enter, counts.leave);
    all.push(figure(enter.to_string(), words(enter, "person enters", "people enter"), Tone::Add));
    all.push(figure(leave.to_string(), words(leave, "person leaves", "people leave"), Tone::Drop));
    if !view.made_from.shadow {
        all.push(figure(
            number(counts.deliveries as u64),
            if counts.deliveries == 1 { "delivery" } else { "deliveries" },
            Tone::Plain,
        ));
    }
    all
}

fn checks(view: &PlanView) -> Vec<Part> {
    if view.checks.is_empty() {
        return Vec::new();
    }
    let placed = view.checks.iter().any(|check| check.at.is_some());
    let row = |check: &&CheckView| {
        let tone = match check.verdict {
            VerdictView::Holds => Tone::Add,
            VerdictView::Broken | VerdictView::Allowed => Tone::Drop,
        };
        let at = BrowseCell { tone: Tone::Quiet, ..cell(check.at.clone().unwrap_or_default()) };
        vec![cell(check.found()), BrowseCell { tone, ..cell(check.verdict_words()) }, at]
    };
    let rows = order::checks_by_importance(view).iter().map(row).collect();
    let mut columns: Vec<Column> = ["guard or assertion", "result"].map(|head| column(head, false)).into();
    columns.extend(placed.then(|| column("written in", false)));
    let folded = (view.checks.len() > OPEN_CHECKS).then(|| verdicts(view));
    let browse = Browse { search: "search guards and assertions".to_owned(), folded, columns, rows };
    vec![Part::Heading("Guards and assertions".to_owned()), Part::Browse(browse)]
}

/// `143 broken, 29 allowed, 828 hold`.
fn verdicts(view: &PlanView) -> String {
    let count = |verdict| view.checks.iter().filter(|check| check.verdict == verdict).count();
    let words = [(VerdictView::Broken, "broken"), (VerdictView::Allowed, "allowed"), (VerdictView::Holds, "hold")];
    let all = words.into_iter().map(|(verdict, word)| (count(verdict), word)).filter(|(count, _)| *count > 0);
    all.map(|(count, word)| format!("{} {word}", number(count as u64))).collect::<Vec<_>>().join(", ")
}

/// Who enters and leaves the audiences where most do; the others together. Nothing where nobody moves.
fn bars(view: &PlanView) -> Vec<Part> {
    let mut changes: Vec<&ChangeView> = view.changes.iter().filter(|change| order::moved(change) > 0).collect();
    if changes.is_empty() {
        return Vec::new();
    }
    changes.sort_by_key(|change| std::cmp::Reverse(order::moved(change)));
    let rest = if changes.len() > BARS { changes.split_off(BARS) } else { Vec::new() };
    let row = |change: &&ChangeView| {
        let (adds, drops) = (change.people.adds, change.people.drops);
        let said = MovesView { adds, drops }.signed();
        let length = |figure: super::Figure| if figure.is_zero() { 0 } else { figure.at_least() };
        MovesRow { label: change.address.clone(), adds: length(adds), drops: length(drops), said: Some(said) }
    };
    let mut title = "Who enters and leaves".to_owned();
    if !rest.is_empty() {
        title = format!("{title}: the largest {BARS} of {}", number((BARS + rest.len()) as u64));
    }
    let rows = changes.iter().map(row).collect();
    let drawing = Moves { title, unit: "people".to_owned(), words: ("enter", "leave"), rows };
    let mut parts = vec![Part::Drawing(Drawing::Moves(drawing))];
    parts.extend((!rest.is_empty()).then(|| Part::Paragraph(others(&rest))));
    parts
}

/// The audiences that have no bars: `4,351 other audiences: +1,006,794 −1,961,787 people`.
fn others(rest: &[&ChangeView]) -> String {
    let sum = |of: fn(&PeopleView) -> super::Figure| super::Figure::sum(rest.iter().map(|change| of(&change.people)));
    let moves = MovesView { adds: sum(|people| people.adds), drops: sum(|people| people.drops) };
    let audiences = if rest.len() == 1 { "audience" } else { "audiences" };
    format!("{} other {audiences}: {} people", number(rest.len() as u64), moves.signed())
}

fn audiences(view: &PlanView) -> Browse {
    let columns = vec![
        column("", false),
        column("audience", false),
        column("before", true),
        column("after", true),
        column("enter", true),
        column("leave", true),
    ];
    let rows = order::by_importance(view).into_iter().map(audience).collect();
    Browse { search: "search audiences, fields, outputs".to_owned(), folded: None, columns, rows }
}

fn audience(change: &ChangeView) -> Vec<BrowseCell> {
    let people = &change.people;
    let figure = |figure: super::Figure, text: String, tone| BrowseCell {
        value: Some(figure.exact().unwrap_or(0)),
        tone,
        ..cell(text)
    };
    let was = change.renamed_from.as_ref().map_or_else(String::new, |from| format!(" (was {from})"));
    let note = format!("{}{was}", change.title().unwrap_or_default());
    let after = change.people.after.map_or_else(|| change.after().replace(" people", ""), |after| after.to_string());
    let tone = match change.action {
        ActionView::Create | ActionView::Activate => Tone::Add,
        ActionView::Delete | ActionView::Pause | ActionView::Replace => Tone::Drop,
        _ => Tone::Quiet,
    };
    vec![
        BrowseCell { tone, ..cell(change.action.word().to_owned()) },
        BrowseCell { note: note.trim().to_owned(), below: below(change), ..cell(change.address.clone()) },
        figure(people.before, change.before(), Tone::Plain),
        figure(people.after.unwrap_or(0.into()), after, Tone::Plain),
        figure(people.adds, people.adds.signed('+'), Tone::Add),
        figure(people.drops, people.drops.signed('−'), Tone::Drop),
    ]
}

/// Everything else about an audience, a line each.
fn below(change: &ChangeView) -> Vec<(Tone, String)> {
    let mut lines: Vec<(Tone, String)> = Vec::new();
    let notes = change.notes().into_iter();
    lines.extend(notes.map(|note| (if note.warns { Tone::Drop } else { Tone::Quiet }, note.text)));
    lines.extend(change.told_fields().map(|field| (Tone::Plain, self::field(field))));
    let why: Vec<String> =
        change.why_words().iter().map(|(moves, cause)| format!("{} {cause}", moves.signed())).collect();
    if !why.is_empty() {
        lines.push((Tone::Plain, format!("why: {}", why.join(" · "))));
    }
    lines.extend(change.variants.iter().map(|each| {
        let moves = MovesView { adds: each.people.adds, drops: each.people.drops }.signed();
        let moves = if moves.is_empty() { moves } else { format!(" ({moves})") };
        (Tone::Plain, format!("{}: {}{moves}", each.variant, each.people.after.unwrap_or(0.into())))
    }));
    lines.extend(change.connections.iter().map(|each| (Tone::Plain, connection(each, change.action))));
    lines.extend(change.samples.iter().map(|each| {
        let criterion = each.criterion.as_deref().map_or_else(String::new, |text| format!(": {text}"));
        let (tone, moves) = if each.enters { (Tone::Add, "enters") } else { (Tone::Drop, "leaves") };
        (tone, format!("{} {moves}, {}{criterion}", each.user, each.cause.words()))
    }));
    lines
}

fn field(field: &FieldView) -> String {
    let value = match (&field.old, &field.new) {
        (Some(old), Some(new)) => format!("{old}  →  {new}"),
        (None, Some(new)) => format!("+ {new}"),
        (Some(old), None) => format!("− {old}"),
        (None, None) => String::new(),
    };
    let at = field.at.as_ref().map_or_else(String::new, |at| format!("  ({at})"));
    format!("{}: {value}{at}", field.field)
}

fn connection(connection: &ConnectionView, action: ActionView) -> String {
    let label = connection.label();
    if action == ActionView::Delete {
        return format!("→ {label}: {}", connection.after_deletion());
    }
    let stay = (!connection.kept.is_zero()).then(|| format!("{} stay", connection.kept));
    let event = connection.event(action).map(str::to_owned);
    let name = format!("as \"{}\"", connection.downstream_name);
    let rest =
        event.into_iter().chain(stay).chain(connection.identities_words()).chain(connection.lost()).chain([name]);
    let rest: Vec<String> = rest.collect();
    format!("→ {label}: {} · {}", connection.sent(), rest.join(" · "))
}

fn column(head: &str, figures: bool) -> Column {
    Column { head: head.to_owned(), figures }
}

fn cell(text: String) -> BrowseCell {
    BrowseCell { text, ..BrowseCell::default() }
}
