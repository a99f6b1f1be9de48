//! What is told about one audience below the table, folded up.

use super::super::view::*;
use super::text::{code, told};
use crate::base::visible::markup;

/// How many entries of one audience are told: fields, connections, examples, each by itself.
const MOST: usize = 25;

/// The details of an audience in a block that opens; `None` where the table says everything.
pub(super) fn detail(change: &ChangeView) -> Option<String> {
    let entries = entries(change);
    if entries.is_empty() {
        return None;
    }
    // Inside a summary there is no Markdown: the address is a name of the language, and is escaped all the same.
    let mut text =
        format!("<details><summary>{} <code>{}</code></summary>\n\n", change.action.word(), markup(&change.address));
    for entry in entries {
        text.push_str(&format!("- {entry}\n"));
    }
    text.push_str("\n</details>\n\n");
    Some(text)
}

fn entries(change: &ChangeView) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    // Sentences of the program; what is quoted in them are names of the language.
    entries.extend(
        change.notes().into_iter().map(
            |note| {
                if note.warns { format!("**{}**", told(&note.text)) } else { told(&note.text) }
            },
        ),
    );
    if change.action != ActionView::Create {
        entries.extend(some(change.told_fields().map(field)));
    }
    let why: Vec<String> =
        change.why_words().iter().map(|(moves, cause)| format!("{} {cause}", moves.signed())).collect();
    if !why.is_empty() {
        entries.push(format!("why: {}", told(&why.join(" · "))));
    }
    if !change.variants.is_empty() {
        let parts: Vec<String> = change.variants.iter().map(variant).collect();
        entries.push(format!("split: {}", parts.join(" · ")));
    }
    entries.extend(some(change.connections.iter().map(|each| connection(each, change.action))));
    entries.extend(some(change.samples.iter().map(sample)));
    entries
}

/// The first entries, and how many more there are.
fn some(entries: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = entries.collect();
    let more = all.len().saturating_sub(MOST);
    if more > 0 {
        all.truncate(MOST);
        all.push(format!("… and {more} more"));
    }
    all
}

fn field(field: &FieldView) -> String {
    let value = match (&field.old, &field.new) {
        (Some(old), Some(new)) => format!("{} → {}", code(old), code(new)),
        (None, Some(new)) => format!("new: {}", code(new)),
        (Some(old), None) => format!("gone: {}", code(old)),
        (None, None) => String::new(),
    };
    let at = field.at.as_ref().map_or_else(String::new, |at| format!(" ({})", code(at)));
    format!("{} {value}{at}", code(&field.field))
}

fn variant(variant: &VariantView) -> String {
    let moves = MovesView { adds: variant.people.adds, drops: variant.people.drops }.signed();
    let moves = if moves.is_empty() { moves } else { format!(" ({moves})") };
    format!("{} {}", code(&variant.variant), told(&format!("{}{moves}", variant.people.after.unwrap_or(0.into()))))
}

fn connection(connection: &ConnectionView, action: ActionView) -> String {
    let label = code(&connection.label());
    if action == ActionView::Delete {
        return format!("→ {label} {}", told(&connection.after_deletion()));
    }
    let event = connection.event(action).map(str::to_owned);
    let rest: Vec<String> = event.into_iter().chain(connection.identities_words()).chain(connection.lost()).collect();
    let rest = if rest.is_empty() { String::new() } else { format!(" · {}", rest.join(" · ")) };
    format!("→ {label} {}", told(&format!("{}{rest}", connection.sent())))
}

fn sample(sample: &SampleView) -> String {
    let sign = if sample.enters { "enters" } else { "leaves" };
    let criterion = sample.criterion.as_ref().map_or_else(String::new, |text| format!(": {}", code(text)));
    format!("{} {sign}, {}{criterion}", code(&sample.user), sample.cause.words())
}
