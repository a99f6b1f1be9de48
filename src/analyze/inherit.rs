//! The fields of an audience, with the defaults of its file.
//!
//! In: an audience and the `defaults` of its file. Out: [`Fields`], each at most once. What the audience says overrides the
//! defaults, except tags, which add up. Where a field stands twice, the first one counts.

use std::mem::{Discriminant, discriminant};

use super::declare::DeclaredAudience;
use crate::base::{Name, Span, Spanned};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::syntax::ast::{self, Field};

/// What an audience says, or its file says for it.
#[derive(Debug, Default)]
pub(super) struct Fields<'a> {
    /// `workspaces`.
    pub(super) workspaces: Option<&'a [Spanned<Name>]>,
    /// `inputs`.
    pub(super) inputs: Option<&'a [Spanned<ast::InputRef>]>,
    /// `tags`, those of the defaults first.
    pub(super) tags: Vec<&'a Spanned<String>>,
    /// `external_name`.
    pub(super) external_name: Option<&'a Spanned<String>>,
    /// `status`.
    pub(super) status: Option<&'a Spanned<ast::Status>>,
    /// `access`.
    pub(super) access: Option<&'a Spanned<ast::Access>>,
    /// `protect`.
    pub(super) protect: Option<&'a Spanned<bool>>,
    /// `standard`.
    pub(super) standard: Option<&'a Spanned<ast::Standard>>,
    /// `match`.
    pub(super) matching: Option<&'a ast::Match>,
    /// `split`.
    pub(super) split: Option<&'a ast::Split>,
    /// `connect`, each with the span of the whole field.
    pub(super) connections: Vec<(&'a ast::Connect, Span)>,
}

/// The fields of an audience. Says where one is repeated, and where `match` is missing.
pub(super) fn fields<'a>(declared: &DeclaredAudience<'a>, found: &mut Diagnostics) -> Fields<'a> {
    let mut fields = Fields::default();
    declared.defaults.iter().flat_map(|defaults| &defaults.fields).for_each(|field| fields.set(field));
    let item = declared.item;
    unique(&item.fields, &format!("audience `{}`", item.address.value), found)
        .into_iter()
        .for_each(|field| fields.set(field));
    if fields.matching.is_none() {
        found.push(
            Diagnostic::new(Code::MissingMatch, format!("audience `{}` does not say who is in it", item.address.value))
                .label(item.address.span, "has no `match`")
                .help("add `match { … }`; `match { everyone }` takes the whole population"),
        );
    }
    fields
}

/// Checks the defaults of a file by themselves.
pub(super) fn check_defaults(defaults: &ast::Defaults, found: &mut Diagnostics) {
    for field in unique(&defaults.fields, "`defaults`", found) {
        let (word, why) = match &field.value {
            Field::ExternalName(_) => ("external_name", "every audience needs its own"),
            Field::Standard(_) => ("standard", "a range belongs to one audience"),
            Field::Match(_) => ("match", "every audience needs its own"),
            Field::Split(_) => ("split", "a test belongs to one audience"),
            Field::Connect(_) => ("connect", "a connection belongs to one audience"),
            _ => continue,
        };
        found.push(
            Diagnostic::new(Code::FieldInDefaults, format!("`{word}` cannot be a default"))
                .label(field.span, why)
                .help("defaults are: workspace, inputs, tags, status, access, protect"),
        );
    }
}

/// The fields without those that repeat an earlier one, which are reported. `connect` may repeat.
fn unique<'a>(fields: &'a [Spanned<Field>], of: &str, found: &mut Diagnostics) -> Vec<&'a Spanned<Field>> {
    let mut seen: Vec<(Discriminant<Field>, Span)> = Vec::new();
    let mut kept = Vec::new();
    for field in fields {
        let kind = discriminant(&field.value);
        let first = seen.iter().find(|(each, _)| *each == kind).map(|(_, span)| *span);
        match first {
            Some(first) if !matches!(field.value, Field::Connect(_)) => {
                let word = word(&field.value);
                found.push(
                    Diagnostic::new(Code::DuplicateField, format!("{of} has `{word}` twice"))
                        .label(field.span, "again here")
                        .label(first, "first here")
                        .help(advice(&field.value)),
                );
            }
            _ => {
                seen.push((kind, field.span));
                kept.push(field);
            }
        }
    }
    kept
}

fn word(field: &Field) -> &'static str {
    match field {
        Field::Workspaces(_) => "workspaces",
        Field::Inputs(_) => "inputs",
        Field::Tags(_) => "tags",
        Field::ExternalName(_) => "external_name",
        Field::Status(_) => "status",
        Field::Access(_) => "access",
        Field::Protect(_) => "protect",
        Field::Standard(_) => "standard",
        Field::Match(_) => "match",
        Field::Split(_) => "split",
        Field::Connect(_) => "connect",
    }
}

fn advice(field: &Field) -> &'static str {
    match field {
        Field::Workspaces(_) | Field::Inputs(_) | Field::Tags(_) => "list all of them in one line, with commas",
        Field::Match(_) => "join both inside one `match` with `and` or `or`",
        _ => "keep one of them",
    }
}

impl<'a> Fields<'a> {
    fn set(&mut self, field: &'a Spanned<Field>) {
        match &field.value {
            Field::Workspaces(names) => self.workspaces = Some(names),
            Field::Inputs(names) => self.inputs = Some(names),
            Field::Tags(tags) => self.tags.extend(tags),
            Field::ExternalName(name) => self.external_name = Some(name),
            Field::Status(status) => self.status = Some(status),
            Field::Access(access) => self.access = Some(access),
            Field::Protect(protect) => self.protect = Some(protect),
            Field::Standard(standard) => self.standard = Some(standard),
            Field::Match(matching) => self.matching = Some(matching),
            Field::Split(split) => self.split = Some(split),
            Field::Connect(connect) => self.connections.push((connect, field.span)),
        }
    }
}
