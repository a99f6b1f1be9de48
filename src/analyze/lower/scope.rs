//! `in`: the part of an audience's workspaces or inputs that one criterion reads.

use std::collections::BTreeSet;

use super::Lowering;
use crate::analyze::resolve::{self, listed};
use crate::base::{InputName, Name, Spanned, WorkspaceName};
use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::syntax::ast::InputRef;

impl Lowering<'_, '_> {
    /// The workspaces that a user criterion reads; those of the audience where none are written.
    pub(super) fn workspaces(&mut self, scope: &[Spanned<InputRef>]) -> Option<BTreeSet<WorkspaceName>> {
        if scope.is_empty() {
            return Some(self.home.workspaces.clone());
        }
        let read: Vec<_> = scope.iter().map(|each| self.workspace(each)).collect();
        self.gather(read.into_iter().map(|each| each.map(|one| vec![one])))
    }

    fn workspace(&self, written: &Spanned<InputRef>) -> Result<WorkspaceName, Diagnostic> {
        if let Some(workspace) = &written.workspace {
            return Err(Diagnostic::new(
                Code::ScopeKind,
                format!("`in` takes workspaces here, and `{}.{}` is an input", workspace.value, written.input.value),
            )
            .label(written.span, "not a workspace")
            .note("what is known of a user is kept for each workspace; only events have an input")
            .fix(Fix::replace(format!("write `{}`", workspace.value), written.span, workspace.as_str())));
        }
        let name = &written.input;
        let inputs =
            || self.world.project().inputs().map(|input| &input.name).filter(|input| input.input == name.value);
        if self.world.project().workspace(name.as_str()).is_none()
            && let Some(input) = inputs().next()
        {
            return Err(Diagnostic::new(
                Code::ScopeKind,
                format!("`in` takes workspaces here, and `{}` is an input", name.value),
            )
            .label(written.span, "not a workspace")
            .note("what is known of a user is kept for each workspace; only events have an input")
            .fix(Fix::replace(
                format!("write `{}`", input.workspace),
                written.span,
                input.workspace.as_str(),
            )));
        }
        let workspace = resolve::workspace(self.world, name)?;
        if self.home.certain && !self.home.workspaces.contains(&workspace) {
            return Err(Diagnostic::new(
                Code::ScopeOutside,
                format!("`in {workspace}` is outside the audience, which does not read that workspace"),
            )
            .label(written.span, "not a workspace of the audience")
            .help(format!("the audience reads {}", listed(self.home.workspaces.iter().map(Name::as_str)))));
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

    fn input(&self, written: &Spanned<InputRef>) -> Result<Vec<InputName>, Diagnostic> {
        let name = &written.input;
        let project = self.world.project();
        let is_input = project.inputs().any(|input| input.name.input == name.value);
        if written.workspace.is_none()
            && !is_input
            && let Some(workspace) = project.workspace(name.as_str())
        {
            let inputs: Vec<String> = workspace.inputs.iter().map(|input| input.name.to_string()).collect();
            let all = inputs.join(", ");
            return Err(Diagnostic::new(
                Code::ScopeKind,
                format!("`in` takes inputs here, and `{}` is a workspace", name.value),
            )
            .label(written.span, "not an input")
            .help(format!("its inputs are {all}"))
            .fix(Fix::replace(format!("write all inputs of `{}`", name.value), written.span, all)));
        }
        let inputs = resolve::input(self.world, self.home, written)?;
        if let Some(outside) = inputs.iter().find(|input| self.home.certain && !self.home.inputs.contains(input)) {
            let reads: Vec<String> = self.home.inputs.iter().map(ToString::to_string).collect();
            return Err(Diagnostic::new(
                Code::ScopeOutside,
                format!("`in {outside}` is outside the audience, which does not read that input"),
            )
            .label(written.span, "not an input of the audience")
            .help(format!("the audience reads {}", listed(reads.iter().map(String::as_str)))));
        }
        Ok(inputs)
    }

    /// All of them, or nothing and every diagnostic.
    fn gather<T: Ord>(&mut self, read: impl IntoIterator<Item = Result<Vec<T>, Diagnostic>>) -> Option<BTreeSet<T>> {
        let mut all = BTreeSet::new();
        let mut fine = true;
        for each in read {
            match each {
                Ok(some) => all.extend(some),
                Err(wrong) => {
                    fine = false;
                    self.found.push(wrong);
                }
            }
        }
        fine.then_some(all)
    }
}
