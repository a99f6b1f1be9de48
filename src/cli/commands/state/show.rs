//! `aud state show`.

use serde_json::json;

use super::{address, wrong};
use crate::base::suggest;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::report::visible;

/// Arguments of `aud state show`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The audience's address
    address: String,
}

/// Shows the record of one audience: its definition as deployed, and what the state knows beside it.
pub(super) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let address = address(&args.address)?;
    let snapshot = door.workbench()?.state()?.snapshot().map_err(wrong)?;
    let Some(record) = snapshot.audiences.iter().find(|each| each.definition.address == address) else {
        let hint = suggest::hint(&args.address, snapshot.audiences.iter().map(|each| each.definition.address.as_str()));
        return Err(Failure::Usage(format!("`{address}` is not deployed{hint}")));
    };
    let size = record.members.as_ref().map(roaring::RoaringBitmap::len);
    if ui.json {
        ui.print_json(&json!({
            "version": 1,
            "id": record.id,
            "revision": record.revision,
            "fingerprint": record.fingerprint.to_string(),
            "salt": record.salt,
            "created": { "at": record.created.0.to_string(), "by": record.created.1 },
            "updated": { "at": record.updated.0.to_string(), "by": record.updated.1 },
            "evaluated": record.evaluated.map(|at| at.to_string()),
            "size": size,
            "definition": record.definition,
        }))?;
        return Ok(Exit::Fine);
    }
    let size = size.map_or_else(|| "draft".to_owned(), |size| format!("{size} people"));
    let mut text = format!(
        "id {} · revision {} · {size}\ncreated {} by {}\nupdated {} by {}\n",
        record.id, record.revision, record.created.0, record.created.1, record.updated.0, record.updated.1
    );
    text.extend(record.salt.iter().map(|salt| format!("salt {salt}\n")));
    text.push('\n');
    text.push_str(&record.definition.text());
    for line in text.lines() {
        ui.print(&visible(line))?;
    }
    Ok(Exit::Fine)
}
