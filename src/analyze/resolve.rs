//! Names of the project file: workspaces, inputs, scopes.
//!
//! In: names as written. Out: what they stand for, or a diagnostic with the nearest known names.

use std::collections::BTreeSet;

use super::declare::DeclaredAudience;
use super::inherit::Fields;
use super::world::World;
use crate::base::{InputName, Name, Span, Spanned, WorkspaceName, suggest};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::project::Project;
use crate::syntax::ast::InputRef;

/// The workspaces and inputs that an audience reads; its criteria stay inside.
#[derive(Clone, Debug)]
pub(super) struct Home {
    /// Its workspaces.
    pub(super) workspaces: BTreeSet<WorkspaceName>,
    /// Its inputs.
    pub(super) inputs: BTreeSet<InputName>,
    /// Whether this is certain. Where a name is wrong, or the audience not known yet, it is the whole project, and
    /// nothing is said about what lies outside.
    pub(super) certain: bool,
    /// Whether events count whatever the retention: those of a standard audience do (M23).
    pub(super) standard: bool,
}

impl Home {
    /// The whole project, for what is checked without an audience.
    pub(super) fn everywhere(project: &Project) -> Self {
        Self {
            workspaces: project.workspaces.iter().map(|workspace| workspace.name.clone()).collect(),
            inputs: project.inputs().map(|input| input.name.clone()).collect(),
            certain: false,
            standard: false,
        }
    }
}

/// What an audience reads, from its fields.
pub(super) fn home(
    world: &World<'_>,
    audience: &DeclaredAudience<'_>,
    fields: &Fields<'_>,
    found: &mut Diagnostics,
) -> Home {
    let Some(workspaces) = workspaces(world, audience, fields, found) else {
        return Home { standard: fields.standard.is_some(), ..Home::everywhere(world.project()) };
    };
    let of_workspaces = world.project().inputs().map(|input| &input.name);
    let of_workspaces = of_workspaces.filter(|input| workspaces.contains(&input.workspace)).cloned().collect();
    let mut home = Home { workspaces, inputs: of_workspaces, certain: true, standard: fields.standard.is_some() };
    if let Some(written) = fields.inputs {
        let resolved: Vec<_> = written.iter().map(|each| input(world, &home, each)).collect();
        if resolved.iter().all(Result::is_ok) {
            home.inputs = resolved.into_iter().flatten().flatten().collect();
        } else {
            home.certain = false;
            let address = &audience.item.address;
            let wrong = resolved.into_iter().filter_map(Result::err);
            // What comes from the defaults of the file may suit other audiences of it.
            found.extend(wrong.map(|wrong| match wrong.span().is_some_and(|span| !audience.item.span.covers(span)) {
                true => wrong.label(address.span, format!("read by `{}`", address.value)),
                false => *wrong,
            }));
        }
    }
    home
}

fn workspaces(
    world: &World<'_>,
    audience: &DeclaredAudience<'_>,
    fields: &Fields<'_>,
    found: &mut Diagnostics,
) -> Option<BTreeSet<WorkspaceName>> {
    let all = world.workspace_names();
    let Some(written) = fields.workspaces else {
        if all.len() == 1 {
            return Some(all);
        }
        let address = &audience.item.address;
        let names = listed(all.iter().map(Name::as_str));
        found.push(
            Diagnostic::new(
                Code::WorkspaceLeftOut,
                format!("audience `{}` does not say which workspace it reads", address.value),
            )
            .label(address.span, "needs a `workspace`")
            .note(format!("the project has {} workspaces: {names}", all.len()))
            .help("add `workspace …`, or `workspaces …, …` for several; in `defaults` it holds for the whole file"),
        );
        return None;
    };
    let mut known = BTreeSet::new();
    let mut certain = true;
    for name in written {
        match workspace(world, name) {
            Ok(name) => {
                known.insert(name);
            }
            Err(unknown) => {
                certain = false;
                found.push(*unknown);
            }
        }
    }
    certain.then_some(known)
}

/// The workspace of a name.
pub(super) fn workspace(world: &World<'_>, name: &Spanned<Name>) -> Result<WorkspaceName, Box<Diagnostic>> {
    let all = world.workspace_names();
    all.get(&name.value).cloned().ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(Name::as_str).collect();
        Box::new(
            Diagnostic::new(Code::UnknownWorkspace, format!("there is no workspace `{}`", name.value))
                .label(name.span, "not in aud.yaml")
                .help(format!("the project has {}", listed(names.iter().copied())))
                .did_you_mean(name.span, &suggest::nearest(name.as_str(), names), str::to_owned),
        )
    })
}

/// The input that a reference stands for, inside a home. A bare name may stand for several only where the home is not
/// certain.
pub(super) fn input(
    world: &World<'_>,
    home: &Home,
    reference: &Spanned<InputRef>,
) -> Result<Vec<InputName>, Box<Diagnostic>> {
    match &reference.workspace {
        Some(name) => full_input(world, home, reference, name).map(|input| vec![input]),
        None => bare_input(world, home, reference),
    }
}

fn full_input(
    world: &World<'_>,
    home: &Home,
    reference: &Spanned<InputRef>,
    workspace_name: &Spanned<Name>,
) -> Result<InputName, Box<Diagnostic>> {
    let workspace = workspace(world, workspace_name)?;
    let name = &reference.input;
    let inputs = || world.project().inputs().filter(|input| input.name.workspace == workspace);
    let Some(known) = inputs().find(|input| input.name.input == name.value) else {
        let names: Vec<&str> = inputs().map(|input| input.name.input.as_str()).collect();
        return Err(unknown_input(name, &format!("workspace `{workspace}` has no input `{}`", name.value), &names));
    };
    if home.workspaces.contains(&workspace) {
        Ok(known.name.clone())
    } else {
        Err(outside(home, &known.name, reference.span))
    }
}

fn bare_input(
    world: &World<'_>,
    home: &Home,
    reference: &Spanned<InputRef>,
) -> Result<Vec<InputName>, Box<Diagnostic>> {
    let name = &reference.input;
    let named: Vec<&InputName> =
        world.project().inputs().map(|input| &input.name).filter(|input| input.input == name.value).collect();
    let inside: Vec<&InputName> =
        named.iter().copied().filter(|input| home.workspaces.contains(&input.workspace)).collect();
    match (inside.as_slice(), named.as_slice()) {
        ([only], _) => Ok(vec![(*only).clone()]),
        ([], []) => {
            let all = world.project().inputs().map(|input| &input.name);
            let near = all.filter(|input| home.workspaces.contains(&input.workspace)).map(|input| input.input.as_str());
            let near: BTreeSet<&str> = near.collect();
            let near: Vec<&str> = near.into_iter().collect();
            Err(unknown_input(name, &format!("there is no input `{}`", name.value), &near))
        }
        ([], [elsewhere, ..]) => Err(outside(home, elsewhere, reference.span)),
        (several, _) if home.certain => {
            let names: Vec<String> = several.iter().map(|input| format!("`{input}`")).collect();
            Err(Box::new(
                Diagnostic::new(Code::AmbiguousInput, format!("`{}` could be {}", name.value, names.join(" or ")))
                    .label(name.span, "which workspace's?")
                    .help("write the workspace and a point before it"),
            ))
        }
        (several, _) => Ok(several.iter().map(|input| (*input).clone()).collect()),
    }
}

fn unknown_input(name: &Spanned<Name>, message: &str, known: &[&str]) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::new(Code::UnknownInput, message)
            .label(name.span, "not in aud.yaml")
            .help(format!("the inputs are {}", listed(known.iter().copied())))
            .did_you_mean(name.span, &suggest::nearest(name.as_str(), known.iter().copied()), str::to_owned),
    )
}

fn outside(home: &Home, input: &InputName, span: Span) -> Box<Diagnostic> {
    let reads = listed(home.workspaces.iter().map(Name::as_str));
    Box::new(
        Diagnostic::new(Code::InputOutside, format!("input `{input}` is outside the audience's workspaces"))
            .label(span, format!("belongs to `{}`", input.workspace))
            .help(format!(
                "the audience reads {reads}; add `{}` to its workspaces, or leave this input out",
                input.workspace
            )),
    )
}

/// All known names as a sentence, where they are few enough to be read.
pub(super) fn all_known<'n>(what: &str, names: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let names: Vec<&str> = names.into_iter().take(9).collect();
    ((1..9).contains(&names.len())).then(|| format!("{what} {}", listed(names)))
}

/// Names in backticks, with commas.
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
