//! Identities: any value of the type that the predicate accepts (M21). They belong to the user, whatever the workspace.

use super::codes::CodeSet;
use super::reading::{Reading, Several};
use super::{Context, Kernel, Selection};
use crate::catalog::IdentityType;
use crate::eval::program::Family;
use crate::ir::Predicate;
use crate::store::Store;

/// Questions about identities of one type.
pub(super) struct Values<'a> {
    store: &'a Store,
    identity: IdentityType,
    /// The values that each question accepts; none without any identities.
    tests: Vec<CodeSet>,
}

impl<'a> Values<'a> {
    pub(super) fn new(context: &Context<'a>, family: &'a Family<IdentityType, Predicate>) -> Self {
        let store = context.store;
        let tests = match &store.users.identities.dictionary {
            Some(dictionary) => {
                let reading = Reading::new(dictionary);
                family.tests.iter().map(|predicate| reading.accepted(predicate, Several::List, context.now)).collect()
            }
            None => Vec::new(),
        };
        Self { store, identity: family.of, tests }
    }
}

impl Kernel for Values<'_> {
    fn answer(&self, selection: Selection<'_>, slots: &mut [&mut [u64]]) {
        slots.iter_mut().for_each(|slot| slot.fill(0));
        let identities = &self.store.users.identities;
        for (user, row) in selection.rows(self.store).enumerate() {
            let range = identities.range(row as u32);
            let (Some(types), Some(values)) = (identities.types.get(range.clone()), identities.values.get(range))
            else {
                continue;
            };
            for (_, value) in types.iter().zip(values).filter(|(each, _)| **each == self.identity as u8) {
                for (set, slot) in self.tests.iter().zip(slots.iter_mut()) {
                    if let Some(word) = slot.get_mut(user / 64) {
                        *word |= u64::from(set.contains(*value)) << (user % 64);
                    }
                }
            }
        }
    }
}
