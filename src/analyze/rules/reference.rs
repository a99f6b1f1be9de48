//! Audiences that other items speak of: guards, assertions, tests.

use crate::analyze::declare::DeclaredAudience;
use crate::analyze::resolve::all_known;
use crate::analyze::world::World;
use crate::base::{Name, Spanned, suggest};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};

/// The audience of an address, or a diagnostic with the nearest known addresses.
pub(in crate::analyze) fn audience<'w, 'a>(
    world: &'w World<'a>,
    address: &Spanned<Name>,
    found: &mut Diagnostics,
) -> Option<&'w DeclaredAudience<'a>> {
    let known = world.declared.audience(address.as_str());
    if known.is_none() {
        found.push(unknown(world, address));
    }
    known
}

fn unknown(world: &World<'_>, address: &Spanned<Name>) -> Diagnostic {
    let name = &address.value;
    if let Some(moved) = world.declared.moves.iter().find(|moved| moved.from.value == *name) {
        let to = &moved.to.value;
        return Diagnostic::new(Code::UnknownAudience, format!("audience `{name}` is called `{to}` now"))
            .label(address.span, "its old address")
            .label(moved.span, "renamed here")
            .fix(Fix::replace(format!("write `{to}`"), address.span, to.as_str()));
    }
    let known = world.declared.by_address.keys().copied();
    let near = suggest::nearest(name.as_str(), known.clone());
    let mut unknown = Diagnostic::new(Code::UnknownAudience, format!("there is no audience `{name}`"))
        .label(address.span, "defined in no file of the project");
    if let Some(all) = all_known("the project has", known) {
        unknown = unknown.help(all);
    }
    unknown.did_you_mean(address.span, &near, str::to_owned)
}
