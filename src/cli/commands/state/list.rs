//! `aud state list`.

use serde_json::json;

use super::wrong;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::visible;

/// Lists what is deployed.
pub(super) fn run(door: &Door, ui: &Ui) -> Result<Exit, Failure> {
    let snapshot = door.workbench()?.state()?.snapshot().map_err(wrong)?;
    let size = |members: &Option<roaring::RoaringBitmap>| members.as_ref().map(roaring::RoaringBitmap::len);
    if ui.json {
        let audiences = snapshot.audiences.iter().map(|each| {
            json!({
                "address": each.definition.address,
                "id": each.id,
                "revision": each.revision,
                "size": size(&each.members),
                "connections": each.definition.connections.len(),
            })
        });
        let audiences: Vec<_> = audiences.collect();
        ui.print_json(&json!({ "version": 1, "serial": snapshot.serial, "audiences": audiences }))?;
        return Ok(Exit::Fine);
    }
    if snapshot.audiences.is_empty() {
        ui.print("Nothing is deployed.")?;
    }
    for each in &snapshot.audiences {
        let size = size(&each.members).map_or_else(|| "draft".to_owned(), |size| format!("{size} people"));
        let (address, id, revision) = (&each.definition.address, each.id, each.revision);
        let connections = each.definition.connections.len();
        let line = format!("{address:<32} id {id:<5} revision {revision:<4} {size:>16}  {connections} connections");
        ui.print(&visible(&line))?;
    }
    Ok(Exit::Fine)
}
