//! Reading everything that a store says.

use std::path::Path;

use aud::store::{StoreError, open, stats, verify};
use aud::system::System;

/// Opens, verifies and reads a store to its end; whether it could be opened.
pub(crate) fn read_all(system: &dyn System, folder: &Path) -> bool {
    let _ = (verify(system, folder), stats(system, folder));
    let Ok(store) = open(system, folder) else { return false };
    let mut read = 0usize;
    for (_, table) in store.events.iter().flat_map(|(key, segments)| segments.iter().map(move |each| (key, each))) {
        let dictionaries = table.attributes.values().chain(table.actions.values()).chain(table.products.values());
        read += dictionaries.chain(&table.ids).map(|texts| texts.texts().iter().count()).sum::<usize>();
        for shard in &table.shards {
            read += shard.times.iter().len() + shard.users.iter().len() + shard.inputs.iter().len();
            read += shard.types.iter().len() + shard.ids.iter().len();
            for event in 0..shard.times.len() {
                read += shard.products.of(event).len();
            }
            let columns = shard.columns.values().chain(shard.actions.values()).chain(shard.products.columns.values());
            read += columns.map(|codes| codes.iter().len()).sum::<usize>();
            read += (0..4).map(|user| shard.of_user(user).len()).sum::<usize>();
        }
    }
    for row in 0..store.user_count().min(300) as u32 {
        read += usize::from(store.users.mpid(row).is_some()) + store.users.identities.of(row).count();
        for column in store.users.fields.values().flat_map(|columns| columns.values()) {
            read += column.text(row as usize).map_or(0, str::len);
            read += column.dictionary.list(column.code(row as usize)).map_or(0, |list| list.len());
        }
    }
    std::hint::black_box((read, store.catalog()));
    let _ = store.ensure_whole();
    true
}

/// Whether no more than a file is wrong.
#[allow(dead_code)]
pub(crate) fn manifest_is_read(system: &dyn System, folder: &Path) -> bool {
    let named = |file: &Path| file.ends_with("manifest.json");
    !matches!(open(system, folder), Err(StoreError::Damaged { file, .. } | StoreError::Newer { file, .. }) if named(&file))
}
