//! `workspaces`: the platform's workspaces with their inputs, and finding an input by its name.

use std::collections::HashSet;

use crate::base::suggest::nearest;
use crate::base::{InputName, Span};
use crate::diagnostic::{Code, Diagnostic};
use crate::project::node::{Entry, Node};
use crate::project::{Input, InputKind, Workspace};

use super::reader::{Map, Reader, alternatives, listed};

const KINDS: [(&str, InputKind); 2] = [("platform", InputKind::Platform), ("feed", InputKind::Feed)];
const EXAMPLE: &str = "web: { kind: platform }";

/// Every workspace, or none where anything about them is wrong.
pub(super) fn workspaces(reader: &mut Reader<'_>, root: &Map<'_>) -> Option<Vec<Workspace>> {
    let entry = reader.need(root, "workspaces", &format!("workspaces: {{ shop: {{ inputs: {{ {EXAMPLE} }} }} }}"))?;
    let map = reader.any_map(&entry.value, entry.key_span, "`workspaces`")?;
    if map.entries.is_empty() {
        reader.report(
            Diagnostic::new(Code::MissingKey, "`workspaces` is empty")
                .label(entry.key_span, "at least one workspace is needed")
                .help(format!("write, for example, `shop: {{ inputs: {{ {EXAMPLE} }} }}`")),
        );
        return None;
    }
    let all: Vec<Option<Workspace>> = map.entries.iter().map(|entry| workspace(reader, entry)).collect();
    all.into_iter().collect()
}

fn workspace(reader: &mut Reader<'_>, entry: &Entry) -> Option<Workspace> {
    let name = reader.name(&entry.key, entry.key_span, "a workspace");
    let what = format!("workspace `{}`", entry.key);
    let map = reader.map(&entry.value, entry.key_span, &what, &["inputs"])?;
    let found = reader.need(&map, "inputs", &format!("inputs: {{ {EXAMPLE} }}"))?;
    let map = reader.any_map(&found.value, found.key_span, format!("`inputs` of {what}"))?;
    if map.entries.is_empty() {
        reader.report(
            Diagnostic::new(Code::MissingKey, format!("{what} has no inputs"))
                .label(found.key_span, "at least one input is needed")
                .help(format!("write, for example, `{EXAMPLE}`")),
        );
        return None;
    }
    let all: Vec<_> = map.entries.iter().map(|entry| input(reader, entry)).collect();
    let all: Option<Vec<_>> = all.into_iter().collect();
    let workspace = name?;
    let with_workspace = |(input, kind)| Input { name: InputName { workspace: workspace.clone(), input }, kind };
    let inputs = all?.into_iter().map(with_workspace).collect();
    Some(Workspace { name: workspace, inputs })
}

fn input(reader: &mut Reader<'_>, entry: &Entry) -> Option<(crate::base::Name, InputKind)> {
    let name = reader.name(&entry.key, entry.key_span, "an input");
    let map = reader.map(&entry.value, entry.key_span, format!("input `{}`", entry.key), &["kind"])?;
    let kind = reader.need(&map, "kind", "kind: platform")?;
    let kind = reader.choice(&kind.value, "`kind`", "a kind of input", &KINDS)?;
    Some((name?, kind))
}

/// The input of a name, with its workspace (`shop.web`) or, where only one workspace has it, without.
pub(super) fn find_input(reader: &mut Reader<'_>, node: &Node, workspaces: &[Workspace]) -> Option<InputName> {
    let text = reader.text(node, "`input`")?;
    let inputs: Vec<&InputName> = workspaces.iter().flat_map(|each| &each.inputs).map(|input| &input.name).collect();
    let fits = |name: &&&InputName| name.input == text || name.to_string() == text;
    let found: Vec<&&InputName> = inputs.iter().filter(fits).collect();
    match found.as_slice() {
        [only] => return Some((**only).clone()),
        [] => reader.report(unknown_input(text, node.span, &inputs)),
        several => {
            let full: Vec<String> = several.iter().map(|name| name.to_string()).collect();
            let full: Vec<&str> = full.iter().map(String::as_str).collect();
            reader.report(
                Diagnostic::new(Code::UnknownReference, format!("`{text}` is an input of several workspaces"))
                    .label(node.span, "which one?")
                    .help(format!("write {}", alternatives(&full))),
            );
        }
    }
    None
}

fn unknown_input(text: &str, span: Span, inputs: &[&InputName]) -> Diagnostic {
    let short: Vec<&str> = inputs.iter().map(|name| name.input.as_str()).collect();
    let full: Vec<String> = inputs.iter().map(|name| name.to_string()).collect();
    let full: Vec<&str> = full.iter().map(String::as_str).collect();
    let distinct: HashSet<&str> = short.iter().copied().collect();
    let choices = if distinct.len() == short.len() { &short } else { &full };
    let near = nearest(text, if text.contains('.') { full.clone() } else { short.clone() });
    Diagnostic::new(Code::UnknownReference, format!("no workspace has an input `{text}`"))
        .label(span, "unknown input")
        .help(format!("the inputs are {}", listed(choices)))
        .did_you_mean(span, &near, str::to_owned)
}
