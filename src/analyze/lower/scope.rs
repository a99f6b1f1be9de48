//! `in`: the part of an audience's workspaces or inputs that one criterion reads.

use std::collections::BTreeSet;

use super::Lowering;
use crate::analyze::resolve::{self, listed};
use crate::base::{InputName, Name, Span, Spanned, WorkspaceName};
use crate::catalog::EventKind;
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::project::Workspace;
use crate::syntax::ast::InputRef;

impl Lowering<'_, '_> {
    /// The workspaces that a user criterion reads; those of the audience where none are written.
    pub(super) fn workspaces(&mut self, scope: &[Spanned<InputRef>]) -> Option<BTreeSet<WorkspaceName>> {
        if scope.is_empty() {
            return Some(self.home.workspaces.clone());
        }
        let why = "what is known of a user is kept for each workspace; only events have an input";
        let read: Vec<_> = scope.iter().map(|each| self.workspace(each, why)).collect();
        self.gather(read.into_iter().map(|each| each.map(|one| vec![one])))
    }

    /// The inputs that a criterion about events of a kind reads. Some kinds are scoped by workspace: they read every input
    /// of the workspaces written, or of those of the audience.
    pub(super) fn inputs_of(&mut self, kind: EventKind, scope: &[Spanned<InputRef>]) -> Option<BTreeSet<InputName>> {
        if !kind.is_by_workspace() {
            return self.inputs(scope);
        }
        let workspaces = match scope {
            [] => self.home.workspaces.clone(),
            written => {
                let why = "crashes, installs, uninstalls and upgrades are asked of whole workspaces";
                let read: Vec<_> = written.iter().map(|each| self.workspace(each, why)).collect();
                self.gather(read.into_iter().map(|each| each.map(|one| vec![one])))?
            }
        };
        let inputs = self.world.project().inputs().map(|input| &input.name);
        Some(inputs.filter(|input| workspaces.contains(&input.workspace)).cloned().collect())
    }

    fn workspace(&self, written: &Spanned<InputRef>, why: &str) -> Result<WorkspaceName, Box<Diagnostic>> {
        let name = &written.input;
        let project = self.world.project();
        if let Some(workspace) = &written.workspace {
            let input = format!("{}.{}", workspace.value, name.value);
            return Err(not_a_workspace(&input, &workspace.value, why, written.span));
        }
        let of_that_name = project.inputs().find(|input| input.name.input == name.value);
        if let (None, Some(input)) = (project.workspace(name.as_str()), of_that_name) {
            return Err(not_a_workspace(name.as_str(), &input.name.workspace, why, written.span));
        }
        let workspace = resolve::workspace(self.world, name)?;
        if self.home.certain && !self.home.workspaces.contains(&workspace) {
            let reads = listed(self.home.workspaces.iter().map(Name::as_str));
            return Err(outside("workspace", workspace.as_str(), &reads, written.span));
        }
        Ok(workspace)
    }

    /// The inputs that an event criterion reads; those of the audience where none are written.
    pub(super) fn inputs(&mut self, scope: &[Spanned<InputRef>]) -> Option<BTreeSet<InputName>> {
        if scope.is_empty() {
            return Some(self.home.inputs.clone());
        }
        let read: Vec<_> = scope.iter().map(|each| self.input(each)).collect();
        self.gather(read)
    }

    fn input(&self, written: &Spanned<InputRef>) -> Result<Vec<InputName>, Box<Diagnostic>> {
        let name = &written.input;
        let project = self.world.project();
        let is_input = project.inputs().any(|input| input.name.input == name.value);
        if written.workspace.is_none()
            && !is_input
            && let Some(workspace) = project.workspace(name.as_str())
        {
            return Err(not_an_input(workspace, written.span));
        }
        let inputs = resolve::input(self.world, self.home, written)?;
        if let Some(foreign) = inputs.iter().find(|input| self.home.certain && !self.home.inputs.contains(input)) {
            let reads: Vec<String> = self.home.inputs.iter().map(ToString::to_string).collect();
            let reads = listed(reads.iter().map(String::as_str));
            return Err(outside("input", &foreign.to_string(), &reads, written.span));
        }
        Ok(inputs)
    }

    /// All of them, or nothing and every diagnostic.
    fn gather<T: Ord>(
        &mut self,
        read: impl IntoIterator<Item = Result<Vec<T>, Box<Diagnostic>>>,
    ) -> Option<BTreeSet<T>> {
        let mut all = BTreeSet::new();
        let mut fine = true;
        for each in read {
            match each {
                Ok(some) => all.extend(some),
                Err(wrong) => {
                    fine = false;
                    self.found.push(*wrong);
                }
            }
        }
        fine.then_some(all)
    }
}

fn not_a_workspace(written: &str, workspace: &WorkspaceName, why: &str, span: Span) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::new(Code::ScopeKind, format!("`in` takes workspaces here, and `{written}` is an input"))
            .label(span, "not a workspace")
            .note(why)
            .fix(Fix::replace(format!("write `{workspace}`"), span, workspace.as_str())),
    )
}

fn not_an_input(workspace: &Workspace, span: Span) -> Box<Diagnostic> {
    let name = &workspace.name;
    let inputs: Vec<String> = workspace.inputs.iter().map(|input| input.name.to_string()).collect();
    Box::new(
        Diagnostic::new(Code::ScopeKind, format!("`in` takes inputs here, and `{name}` is a workspace"))
            .label(span, "not an input")
            .help(format!("its inputs are {}", listed(inputs.iter().map(String::as_str))))
            .fix(Fix::replace(format!("write all inputs of `{name}`"), span, inputs.join(", "))),
    )
}

fn outside(what: &str, name: &str, reads: &str, span: Span) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::new(Code::ScopeOutside, format!("`in {name}` is outside what the audience reads"))
            .label(span, format!("not one of its {what}s"))
            .help(format!("the audience reads {reads}; add `{name}` to its {what}s, or leave it out here")),
    )
}
