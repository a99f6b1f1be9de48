//! One audience: its fields, its criterion, its split, its connections.

use super::Lowering;
use crate::analyze::declare::DeclaredAudience;
use crate::analyze::inherit::{self, Fields};
use crate::analyze::memory::Remembered;
use crate::analyze::resolve;
use crate::analyze::rules::{connections, constant, names, split, standard};
use crate::analyze::world::World;
use crate::base::{Address, Origin, Span};
use crate::diagnostic::Diagnostics;
use crate::ir::{self, Access, Status};
use crate::syntax::ast;

/// An audience with everything that could be made of it.
#[derive(Debug)]
pub(in crate::analyze) struct LoweredAudience<'a> {
    /// As written.
    pub(in crate::analyze) declared: DeclaredAudience<'a>,
    /// Its fields.
    pub(in crate::analyze) fields: Fields<'a>,
    /// The audiences that it nests, and where.
    pub(in crate::analyze) members: Vec<(Address, Span)>,
    /// Its model; `None` where its criterion is wrong, or another audience owns its address.
    pub(in crate::analyze) definition: Option<ir::Audience>,
}

impl LoweredAudience<'_> {
    /// Its address.
    pub(in crate::analyze) fn address(&self) -> &Address {
        &self.declared.item.address.value
    }

    /// Whether it is a draft.
    pub(in crate::analyze) fn is_draft(&self) -> bool {
        self.fields.status.is_some_and(|status| status.value == ast::Status::Draft)
    }
}

/// An audience as an earlier analysis made it.
pub(in crate::analyze) fn recalled<'a>(declared: &DeclaredAudience<'a>, known: &Remembered) -> LoweredAudience<'a> {
    // What is wrong with its fields is remembered with everything else.
    let fields = inherit::fields(declared, &mut Diagnostics::default());
    let (members, definition) = (known.members.clone(), known.definition.clone());
    LoweredAudience { declared: *declared, fields, members, definition }
}

/// Checks an audience and makes its model.
pub(in crate::analyze) fn audience<'a>(
    world: &World<'a>,
    declared: &DeclaredAudience<'a>,
    found: &mut Diagnostics,
) -> LoweredAudience<'a> {
    let fields = inherit::fields(declared, found);
    let home = resolve::home(world, declared, &fields, found);
    names::check(declared, &fields, found);
    let split = fields.split.map(|written| split::check(written, world.project().limits.variants, found));
    let standard = fields.standard.and_then(|written| standard::check(written, found));
    let connections = connections::check(world, declared, &fields, &home, found);
    let owner = format!("`{}`", declared.item.address.value);
    let mut lowering = Lowering { world, home: &home, found, owner, members: Vec::new() };
    let criterion = fields.matching.and_then(|matching| lowering.group(&matching.group, matching.span));
    let members = lowering.members;
    let criterion = criterion.map(ir::normalise);
    if let Some(criterion) = &criterion {
        constant::check(criterion, found);
    }
    let definition = criterion.filter(|_| declared.owns_address).map(|criterion| {
        let name =
            declared.item.name.as_ref().unwrap_or(&declared.item.address.clone().map(String::from)).value.clone();
        ir::Audience {
            address: declared.item.address.value.clone(),
            external_name: fields.external_name.map_or_else(|| name.clone(), |name| name.value.clone()),
            name,
            doc: doc(declared.item),
            workspaces: home.workspaces,
            inputs: home.inputs,
            tags: fields.tags.iter().map(|tag| tag.value.clone()).collect(),
            status: fields.status.map_or(Status::Active, |status| match status.value {
                ast::Status::Draft => Status::Draft,
                ast::Status::Active => Status::Active,
            }),
            access: fields.access.map_or(Access::Usable, |access| match access.value {
                ast::Access::Private => Access::Private,
                ast::Access::ViewOnly => Access::ViewOnly,
                ast::Access::Usable => Access::Usable,
            }),
            protect: fields.protect.is_some_and(|protect| protect.value),
            criterion: criterion.into(),
            standard,
            split: split.flatten(),
            connections,
            origin: Origin::from(declared.item.span),
        }
    });
    LoweredAudience { declared: *declared, fields, members, definition }
}

/// The doc comment as one text.
fn doc(item: &ast::Audience) -> Option<String> {
    let lines: Vec<&str> = item.docs.iter().map(|line| line.value.trim()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
