//! `aud who`.

use std::fmt::Write;

use serde_json::json;

use crate::catalog::IdentityType;
use crate::cli::args::{Door, NowArg};
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::workbench::WhoQuery;

/// Arguments of `aud who`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The audience's address
    audience: String,
    /// Only this variant of its split; `control` names Control
    #[arg(long)]
    variant: Option<String>,
    /// Give identities of these types too, such as customer_id,email
    #[arg(long, value_delimiter = ',', value_name = "TYPES")]
    identities: Vec<IdentityType>,
    #[command(flatten)]
    now: NowArg,
}

/// Gives the MPIDs of an audience's members, evaluated as written.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let who = door.workbench()?.who(&WhoQuery {
        audience: args.audience.clone(),
        variant: args.variant.clone(),
        identities: args.identities.clone(),
        now: door.now(&args.now),
    })?;
    let mut text = String::new();
    for (mpid, identities) in &who.members {
        let written = if ui.json {
            let identities: Vec<_> =
                identities.iter().map(|(identity, value)| json!({ "type": identity.name(), "value": value })).collect();
            writeln!(text, "{}", json!({ "mpid": mpid.to_string(), "identities": identities }))
        } else {
            let values: String = identities.iter().map(|(identity, value)| format!("\t{identity}={value}")).collect();
            writeln!(text, "{mpid}{values}")
        };
        // Writing to a string cannot fail.
        written.unwrap_or_default();
    }
    if !text.is_empty() {
        ui.print(&text)?;
    }
    if ui.verbose {
        ui.say(&format!("{} members", who.members.len()));
    }
    Ok(Exit::Fine)
}
