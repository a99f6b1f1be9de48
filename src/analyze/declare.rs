//! Which items there are, by address.
//!
//! In: the trees. Out: [`Declared`]. Where an address is taken twice, the first one in the order of the files keeps it;
//! the other is still checked, and both places are named.

use std::collections::BTreeMap;

use super::Input;
use crate::base::{Name, Span, Spanned};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::syntax::ast;

/// The items of a project.
#[derive(Debug, Default)]
pub(super) struct Declared<'a> {
    /// Every audience in the order written, those with a taken address included.
    pub(super) audiences: Vec<DeclaredAudience<'a>>,
    /// The audience that owns each address, as a position in `audiences`.
    pub(super) by_address: BTreeMap<&'a str, usize>,
    /// Every named criterion in the order written.
    pub(super) criteria: Vec<&'a ast::NamedCriterion>,
    /// The criterion that owns each address, as a position in `criteria`.
    pub(super) criteria_by_address: BTreeMap<&'a str, usize>,
    /// Every declared calculated attribute in the order written.
    pub(super) calculations: Vec<&'a ast::NamedCalculation>,
    /// The calculated attribute that owns each address, as a position in `calculations`.
    pub(super) calculations_by_address: BTreeMap<&'a str, usize>,
    /// Every rename in the order written.
    pub(super) moves: Vec<&'a ast::Moved>,
    /// Every bulk connection in the order written.
    pub(super) bulk: Vec<&'a ast::BulkConnect>,
    /// Every guard in the order written.
    pub(super) guards: Vec<&'a ast::Guard>,
    /// Every assertion in the order written.
    pub(super) assertions: Vec<&'a ast::Assert>,
    /// Every test in the order written.
    pub(super) tests: Vec<&'a ast::scenario::Test>,
}

/// An audience with the defaults of its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeclaredAudience<'a> {
    /// As written.
    pub(super) item: &'a ast::Audience,
    /// The defaults of its file.
    pub(super) defaults: Option<&'a ast::Defaults>,
    /// Whether it owns its address.
    pub(super) owns_address: bool,
}

impl<'a> Declared<'a> {
    /// The audience of an address.
    pub(super) fn audience(&self, address: &str) -> Option<&DeclaredAudience<'a>> {
        self.by_address.get(address).and_then(|at| self.audiences.get(*at))
    }

    /// The named criterion of an address, as a position in `criteria`.
    pub(super) fn criterion(&self, address: &str) -> Option<usize> {
        self.criteria_by_address.get(address).copied()
    }

    /// The declared calculated attribute of a name. None of them uses another one, so they cannot go in circles.
    pub(super) fn calculation(&self, address: &str) -> Option<&'a ast::NamedCalculation> {
        self.calculations_by_address.get(address).and_then(|at| self.calculations.get(*at)).copied()
    }
}

/// Gathers the items of all files.
pub(super) fn declare<'a>(input: Input<'a>, found: &mut Diagnostics) -> Declared<'a> {
    let mut declared = Declared::default();
    for file in input.files {
        let defaults = defaults(file, found);
        for item in &file.items {
            match item {
                ast::Item::Audience(item) => audience(&mut declared, item, defaults, found),
                ast::Item::Criterion(item) => criterion(&mut declared, item, found),
                ast::Item::Calculated(item) => calculation(&mut declared, item, found),
                ast::Item::Moved(item) => declared.moves.push(item),
                ast::Item::BulkConnect(item) => declared.bulk.push(item),
                ast::Item::Guard(item) => declared.guards.push(item),
                ast::Item::Assert(item) => declared.assertions.push(item),
                ast::Item::Test(item) => declared.tests.push(item),
                ast::Item::Defaults(_) => {}
            }
        }
    }
    declared
}

/// The defaults of a file: its first block. Further blocks are errors.
fn defaults<'a>(file: &'a ast::File, found: &mut Diagnostics) -> Option<&'a ast::Defaults> {
    let mut blocks = file.items.iter().filter_map(|item| match item {
        ast::Item::Defaults(defaults) => Some(defaults),
        _ => None,
    });
    let first = blocks.next()?;
    for again in blocks {
        found.push(
            Diagnostic::new(Code::DuplicateDefaults, "this file has more than one `defaults` block")
                .label(again.span, "a second one")
                .label(first.span, "the first one")
                .help("put all defaults of the file into one block"),
        );
    }
    super::inherit::check_defaults(first, found);
    Some(first)
}

fn audience<'a>(
    declared: &mut Declared<'a>,
    item: &'a ast::Audience,
    defaults: Option<&'a ast::Defaults>,
    found: &mut Diagnostics,
) {
    let at = declared.audiences.len();
    let owner = *declared.by_address.entry(item.address.value.as_str()).or_insert(at);
    if let Some(first) = declared.audiences.get(owner) {
        found.push(taken("audience", &item.address, first.item.address.span));
    }
    declared.audiences.push(DeclaredAudience { item, defaults, owns_address: owner == at });
}

fn criterion<'a>(declared: &mut Declared<'a>, item: &'a ast::NamedCriterion, found: &mut Diagnostics) {
    let at = declared.criteria.len();
    let owner = *declared.criteria_by_address.entry(item.address.value.as_str()).or_insert(at);
    if let Some(first) = declared.criteria.get(owner) {
        found.push(taken("criterion", &item.address, first.address.span));
    }
    declared.criteria.push(item);
}

fn calculation<'a>(declared: &mut Declared<'a>, item: &'a ast::NamedCalculation, found: &mut Diagnostics) {
    let at = declared.calculations.len();
    let owner = *declared.calculations_by_address.entry(item.address.value.as_str()).or_insert(at);
    if let Some(first) = declared.calculations.get(owner) {
        found.push(taken("calculated attribute", &item.address, first.address.span));
    }
    declared.calculations.push(item);
}

fn taken(kind: &str, address: &Spanned<Name>, first: Span) -> Diagnostic {
    let plural = match kind {
        "criterion" => "criteria".to_owned(),
        other => format!("{other}s"),
    };
    Diagnostic::new(Code::DuplicateAddress, format!("two {plural} have the address `{}`", address.value))
        .label(address.span, "taken already")
        .label(first, "first used here")
        .help(format!("an address is unique in the whole project; give this {kind} another one"))
}
