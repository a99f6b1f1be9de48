//! `aud graph`.

use std::collections::BTreeSet;

use clap::ValueEnum;

use crate::base::suggest;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::graph::{self, Graph, Thing, ThingKind};

/// Arguments of `aud graph`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Only what reaches these audiences, and what they reach
    audiences: Vec<String>,
    /// How to draw it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// What to draw beside audiences [default: everything in text and JSON, outputs in pictures]
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KINDS")]
    with: Option<Vec<Kind>>,
    /// Who uses one thing: 'user "plan"', 'event "Purchase"', 'event "Purchase" "price"', 'identity email', 'output warehouse'
    #[arg(long, value_name = "THING")]
    uses: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Dot,
    Mermaid,
    Svg,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Inputs,
    Attributes,
    Identities,
    Events,
    EventAttributes,
    Outputs,
}

impl Kind {
    fn thing(self) -> ThingKind {
        match self {
            Self::Inputs => ThingKind::Inputs,
            Self::Attributes => ThingKind::Attributes,
            Self::Identities => ThingKind::Identities,
            Self::Events => ThingKind::Events,
            Self::EventAttributes => ThingKind::EventAttributes,
            Self::Outputs => ThingKind::Outputs,
        }
    }
}

/// Shows who nests whom, and what is used where.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let all = graph::collect(&door.workbench()?.model()?);
    let mut graph = match args.audiences.is_empty() {
        true => all,
        false => all.around(&named(&all, &args.audiences)?),
    };
    let format = if ui.json { Format::Json } else { args.format };
    if let Some(uses) = &args.uses {
        let thing = thing(&graph, uses)?;
        if format == Format::Text {
            ui.print(&graph::uses(&graph, &thing, ui.style()))?;
            return Ok(Exit::Fine);
        }
        graph = graph.around(&BTreeSet::from([thing]));
    }
    let pictured = !matches!(format, Format::Text | Format::Json) && args.uses.is_none();
    let kinds: Option<Vec<ThingKind>> = match &args.with {
        Some(kinds) => Some(kinds.iter().map(|kind| kind.thing()).collect()),
        None => pictured.then(|| vec![ThingKind::Outputs]),
    };
    if let Some(kinds) = kinds {
        graph = graph.of_kinds(&kinds);
    }
    match format {
        Format::Text => ui.print(&graph::text(&graph, ui.style()))?,
        Format::Dot => ui.print(&graph::dot(&graph))?,
        Format::Mermaid => ui.print(&graph::mermaid(&graph))?,
        Format::Svg => ui.print(&graph::svg(&graph))?,
        Format::Json => ui.print_json(&graph::json(&graph))?,
    }
    Ok(Exit::Fine)
}

/// The audiences of some addresses.
fn named(graph: &Graph, addresses: &[String]) -> Result<BTreeSet<Thing>, Failure> {
    let find = |address: &String| {
        let known =
            graph.audiences.get_key_value(address.as_str()).map(|(address, _)| Thing::Audience(address.clone()));
        known.ok_or_else(|| {
            unknown(&format!("no audience `{address}`"), address, graph.audiences.keys().map(|each| each.to_string()))
        })
    };
    addresses.iter().map(find).collect()
}

/// The thing that a text names. Spaces do not matter, nor does a name that stands without its quotation marks.
fn thing(graph: &Graph, text: &str) -> Result<Thing, Failure> {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace('"', "");
    let things = graph.things();
    let found = things.iter().find(|thing| plain(&thing.to_string()) == plain(text));
    found.cloned().ok_or_else(|| {
        let known = things.iter().map(ToString::to_string);
        unknown(&format!("nothing uses `{text}`; write it as in a definition, such as 'user \"plan\"'"), text, known)
    })
}

fn unknown(text: &str, typed: &str, known: impl Iterator<Item = String>) -> Failure {
    let known: Vec<String> = known.collect();
    let hint = suggest::best(typed, known.iter().map(String::as_str));
    Failure::Usage(hint.map_or_else(|| text.to_owned(), |name| format!("{text}; did you mean `{name}`?")))
}
