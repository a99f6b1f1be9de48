//! One audience in full.

use serde_json::{Value, json as object};

use super::VERSION;
use super::list::volatility;
use crate::base::{Address, Timestamp};
use crate::estimate::{Obstacle, Size};
use crate::ir::{Audience, Connection, Criterion, Kind, VariantName};
use crate::plan::split_text;
use crate::report::estimate::{found_json, whole_text};
use crate::report::number::{instant, number, people};
use crate::report::plan::variant;
use crate::report::{Style, visible};
use crate::state::{AudienceRecord, Metrics, StandardState};

/// Everything that is shown of one audience.
#[derive(Clone, Debug)]
pub struct ShowView<'a> {
    /// Its definition: as deployed, or as written where it is not.
    pub definition: &'a Audience,
    /// What is deployed, if it is.
    pub record: Option<&'a AudienceRecord>,
    /// Size, adds and drops of 24 hours; `None` where it is not evaluated.
    pub metrics: Option<Metrics>,
    /// How large it would be, where it was not evaluated so far; or why that cannot be said.
    pub estimate: Option<Result<Size, Obstacle>>,
    /// Members by variant, Control last; empty without a split, or where it is not evaluated.
    pub variants: Vec<(VariantName, u64)>,
    /// The audiences that nest it.
    pub nested_by: Vec<Address>,
    /// Whether its definition as written differs from the one shown, so that a plan would change it.
    pub changed: bool,
    /// Where a standard audience stands; `None` where it was not evaluated.
    pub standard: Option<StandardState>,
}

/// The audience as text, with a line break at its end.
pub fn show(view: &ShowView<'_>, style: Style) -> String {
    let audience = view.definition;
    let mut page = Page { lines: Vec::new(), style };
    let name = visible(&audience.name);
    page.lines.push(format!("{} \"{name}\"", style.paint(Style::STRONG, &audience.address)));
    let doc = audience.doc.iter().flat_map(|doc| doc.lines());
    page.lines.extend(doc.map(|line| style.paint(Style::FAINT, format!("  {}", visible(line))).trim_end().to_owned()));
    page.lines.push(String::new());
    page.definition(audience);
    page.field("nests", &joined(audience.nested()));
    page.field("nested by", &joined(&view.nested_by));
    page.field("split", &audience.split.as_ref().map_or_else(String::new, split_text));
    page.several("connects", audience.connections.iter().map(|each| connection(audience, each)));
    page.numbers(view);
    page.history(view);
    page.lines.push(String::new());
    page.lines.join("\n")
}

struct Page {
    lines: Vec<String>,
    style: Style,
}

impl Page {
    /// A field; nothing where it says nothing.
    fn field(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            let name = self.style.paint(Style::FAINT, format!("{name:<14}"));
            self.lines.push(format!("  {name} {}", visible(text)));
        }
    }

    /// A field of several lines.
    fn several(&mut self, name: &str, texts: impl Iterator<Item = String>) {
        let names = std::iter::once(name).chain(std::iter::repeat(""));
        texts.zip(names).for_each(|(text, name)| self.field(name, &text));
    }

    fn definition(&mut self, audience: &Audience) {
        self.field("external name", &quoted(&audience.external_name));
        self.field("workspaces", &joined(&audience.workspaces));
        self.field("inputs", &joined(&audience.inputs));
        self.field("tags", &joined(audience.tags.iter().map(|tag| quoted(tag))));
        self.field("status", audience.status.word());
        self.field("access", audience.access.word());
        self.field("protect", if audience.protect { "true" } else { "" });
        self.field("standard", &audience.standard.map_or_else(String::new, |standard| standard.to_string()));
        self.several("match", criteria(&audience.criterion).into_iter());
    }

    fn numbers(&mut self, view: &ShowView<'_>) {
        let Some(metrics) = view.metrics else {
            return match &view.estimate {
                Some(Ok(size)) => self.field("estimate", &format!("{} people", whole_text(*size))),
                Some(Err(obstacle)) => self.field("estimate", &format!("⚠ {obstacle}")),
                None => {}
            };
        };
        let (adds, drops) = (number(metrics.adds), number(metrics.drops));
        let in_24_hours = format!("+{adds} −{drops} in 24 hours · volatility {}", volatility(&metrics));
        self.field("size", &format!("{} · {in_24_hours}", people(metrics.size)));
        self.field("state", &view.standard.map_or_else(String::new, state));
        let variants = view.variants.iter().map(|(name, size)| format!("{name} {}", number(*size)));
        self.field("variants", &variants.collect::<Vec<_>>().join(" · "));
    }

    fn history(&mut self, view: &ShowView<'_>) {
        let Some(record) = view.record else {
            return self.field("deployed", "no; `aud plan` shows what an apply would do");
        };
        let by = |(at, who): &(Timestamp, String)| format!("{} UTC by {who}", instant(*at));
        self.field("revision", &format!("{} · {}", record.revision, by(&record.updated)));
        self.field("created", &by(&record.created));
        self.field("id", &record.id.to_string());
        self.field("salt", &record.salt.clone().unwrap_or_default());
        if view.changed {
            let note = "its definition was changed since; `aud plan` shows how";
            self.lines.push(self.style.paint(Style::WARNING, format!("  {note}")));
        }
    }
}

/// `ready · can be connected until 2026-03-31 12:00 UTC`.
fn state(state: StandardState) -> String {
    match state {
        StandardState::Ready(until) => format!("{} · can be connected until {} UTC", state.word(), instant(until)),
        StandardState::Expired(since) => {
            format!("{} since {} UTC · stays connected where it is", state.word(), instant(since))
        }
    }
}

/// The criteria of the outermost group, one a line.
fn criteria(criterion: &Criterion) -> Vec<String> {
    let (inner, word) = match &criterion.kind {
        Kind::All(inner) if criterion.label.is_none() => (inner, "and "),
        Kind::Any(inner) if criterion.label.is_none() => (inner, "or "),
        _ => return vec![criterion.to_string()],
    };
    let text = |each: &Criterion| match each.kind {
        Kind::All(_) | Kind::Any(_) if each.label.is_none() => format!("({each})"),
        _ => each.to_string(),
    };
    let words = std::iter::once("").chain(std::iter::repeat(word));
    inner.iter().zip(words).map(|(each, word)| format!("{word}{}", text(each))).collect()
}

/// `warehouse / push · sending · as "VIP - Push" · shares "ltv" · folder "lists"`.
fn connection(audience: &Audience, connection: &Connection) -> String {
    let name = match &connection.variant {
        VariantName::Whole => connection.output.to_string(),
        variant => format!("{} / {variant}", connection.output),
    };
    let downstream = format!("as {}", quoted(&audience.downstream_name(&connection.variant)));
    let mut parts = vec![name, connection.status.word().to_owned(), downstream];
    if !connection.share.is_empty() {
        parts.push(format!("shares {}", joined(connection.share.iter().map(|attribute| quoted(attribute)))));
    }
    parts.extend(connection.settings.iter().map(|(key, value)| format!("{key} {value}")));
    parts.join(" · ")
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn joined<T: ToString>(names: impl IntoIterator<Item = T>) -> String {
    names.into_iter().map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}

/// The audience as a JSON document.
pub fn show_json(view: &ShowView<'_>) -> Value {
    let audience = view.definition;
    let by = |(at, who): &(Timestamp, String)| object!({ "at": at.to_string(), "by": who });
    object!({
        "version": VERSION,
        "address": audience.address,
        "name": audience.name,
        "external_name": audience.external_name,
        "doc": audience.doc,
        "workspaces": audience.workspaces,
        "inputs": audience.inputs,
        "tags": audience.tags,
        "status": audience.status,
        "access": audience.access,
        "protect": audience.protect,
        "standard": audience.standard.map(|standard| standard.to_string()),
        "standard_state": view.standard.map(StandardState::word),
        "match": audience.criterion.to_string(),
        "nests": audience.nested(),
        "nested_by": view.nested_by,
        "split": audience.split,
        "salt": view.record.and_then(|record| record.salt.as_ref()),
        "connections": audience.connections.iter().map(|each| object!({
            "output": each.output,
            "variant": variant(&each.variant),
            "status": each.status,
            "downstream_name": audience.downstream_name(&each.variant),
            "share": each.share,
            "settings": each.settings,
        })).collect::<Vec<_>>(),
        "size": view.metrics.map(|metrics| metrics.size),
        "estimate": view.estimate.as_ref().map(found_json),
        "adds_24h": view.metrics.map(|metrics| metrics.adds),
        "drops_24h": view.metrics.map(|metrics| metrics.drops),
        "volatility": view.metrics.and_then(|metrics| metrics.volatility()),
        "variants": view.variants.iter().map(|(name, size)| {
            object!({ "variant": variant(name), "size": size })
        }).collect::<Vec<_>>(),
        "deployed": view.record.is_some(),
        "changed": view.changed,
        "id": view.record.map(|record| record.id),
        "revision": view.record.map(|record| record.revision),
        "created": view.record.map(|record| by(&record.created)),
        "updated": view.record.map(|record| by(&record.updated)),
    })
}
