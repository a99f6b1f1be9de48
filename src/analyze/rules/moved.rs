//! Renames lead from an address that is free now to an audience that exists, in one step or several.

use std::collections::{BTreeMap, BTreeSet};

use crate::analyze::world::World;
use crate::base::{Address, suggest};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::Move;
use crate::syntax::ast::Moved;

/// The renames, each with the address at the end of its way, in the order of the addresses they come from.
pub(in crate::analyze) fn check(world: &World<'_>, found: &mut Diagnostics) -> Vec<Move> {
    let mut by_source: BTreeMap<&Address, &Moved> = BTreeMap::new();
    for moved in &world.declared.moves {
        if let Some(first) = by_source.get(&moved.from.value) {
            found.push(
                Diagnostic::new(Code::MovedTwice, format!("`{}` is moved twice", moved.from.value))
                    .label(moved.from.span, "again here")
                    .label(first.from.span, "first here")
                    .help("an audience has one new address; keep one of the two"),
            );
        } else {
            by_source.insert(&moved.from.value, moved);
        }
    }
    let mut moves: BTreeMap<Address, Address> = BTreeMap::new();
    for moved in by_source.values() {
        if let Some(audience) = world.declared.audience(moved.from.as_str()) {
            found.push(
                Diagnostic::new(
                    Code::MovedSource,
                    format!("`{}` cannot move away and still be there", moved.from.value),
                )
                .label(moved.from.span, "moved away here")
                .label(audience.item.address.span, "still defined here")
                .help("rename the definition, or take this `moved` out"),
            );
            continue;
        }
        if let Some(to) = destination(world, &by_source, moved, found) {
            moves.insert(moved.from.value.clone(), to);
        }
    }
    meetings(world, &by_source, &moves, found);
    moves.into_iter().map(|(from, to)| Move { from, to }).collect()
}

/// The audience at the end of a rename's way.
fn destination(
    world: &World<'_>,
    by_source: &BTreeMap<&Address, &Moved>,
    moved: &Moved,
    found: &mut Diagnostics,
) -> Option<Address> {
    let mut way = vec![&moved.from.value];
    let mut last = moved;
    loop {
        let to = &last.to.value;
        if world.declared.audience(to.as_str()).is_some() {
            return Some(to.clone());
        }
        let again = way.iter().position(|each| *each == to);
        way.push(to);
        if let Some(start) = again {
            // A circle is reported once, by its smallest address.
            let circle = way.get(start..).unwrap_or_default();
            if start == 0 && circle.iter().all(|each| *each >= &moved.from.value) {
                let shown: Vec<&str> = circle.iter().map(|each| each.as_str()).collect();
                found.push(
                    Diagnostic::new(Code::MovedTwice, format!("`moved` goes in a circle: {}", shown.join(" → ")))
                        .label(moved.span, "comes back to where it starts")
                        .help(
                            "take one `moved` of the circle out: the way ends at the address that the audience has now",
                        ),
                );
            }
            return None;
        }
        match by_source.get(to) {
            Some(next) => last = next,
            None => {
                // Where the way is longer than one step, its last step says this.
                if way.len() == 2 {
                    found.push(no_target(world, moved));
                }
                return None;
            }
        }
    }
}

fn no_target(world: &World<'_>, moved: &Moved) -> Diagnostic {
    let known = world.declared.by_address.keys().copied();
    let near = suggest::nearest(moved.to.as_str(), known);
    Diagnostic::new(
        Code::MovedTarget,
        format!("`{}` moves to `{}`, which does not exist", moved.from.value, moved.to.value),
    )
    .label(moved.to.span, "defined in no file of the project")
    .help("`moved old to new` needs an audience with the new address")
    .did_you_mean(moved.to.span, &near, str::to_owned)
}

/// Two audiences that are both deployed cannot become one.
fn meetings(
    world: &World<'_>,
    by_source: &BTreeMap<&Address, &Moved>,
    moves: &BTreeMap<Address, Address>,
    found: &mut Diagnostics,
) {
    let deployed = world.input.deployed;
    let mut arrived: BTreeMap<&Address, &Address> = BTreeMap::new();
    let targets: BTreeSet<&Address> = moves.values().filter(|to| deployed.contains(*to)).collect();
    targets.into_iter().for_each(|to| {
        arrived.insert(to, to);
    });
    for (from, to) in moves.iter().filter(|(from, _)| deployed.contains(*from)) {
        let Some(moved) = by_source.get(from) else { continue };
        let first = *arrived.entry(to).or_insert(from);
        if first != from {
            found.push(
                Diagnostic::new(
                    Code::MovedTwice,
                    format!("`{from}` and `{first}` are both deployed and cannot both be `{to}`"),
                )
                .label(moved.span, format!("`{from}` would take the place of `{first}`"))
                .help(format!("take this `moved` out to delete `{from}`, or give it an address of its own")),
            );
        }
    }
}
