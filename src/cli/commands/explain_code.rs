//! `aud explain-code`.

use crate::base::suggest;
use crate::cli::args::Door;
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::diagnostic::{Code, Severity};
use crate::report;

/// Arguments of `aud explain-code`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The code, such as AUD0207 [default: a list of all codes]
    code: Option<String>,
}

/// Prints the page of a code, or all codes with their summaries.
pub(in crate::cli) fn run(_: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    match &args.code {
        None => list(ui),
        Some(written) => match find(written) {
            Some(code) => page(ui, code),
            None => Err(Failure::Usage(unknown(written))),
        },
    }
}

fn page(ui: &Ui, code: Code) -> Result<Exit, Failure> {
    let page = report::code_page(code).unwrap_or(code.summary());
    match ui.json {
        true => ui.print(&document(serde_json::json!({ "version": 1, "code": record(code, Some(page)) })))?,
        false => ui.print(page)?,
    }
    Ok(Exit::Fine)
}

fn list(ui: &Ui) -> Result<Exit, Failure> {
    if ui.json {
        let codes: Vec<_> = Code::ALL.iter().map(|code| record(*code, None)).collect();
        ui.print(&document(serde_json::json!({ "version": 1, "codes": codes })))?;
    } else {
        let lines = Code::ALL.iter().map(|code| format!("{code}  {:7}  {}\n", severity(*code), code.summary()));
        ui.print(&lines.collect::<String>())?;
    }
    Ok(Exit::Fine)
}

fn document(value: serde_json::Value) -> String {
    format!("{value:#}\n")
}

fn record(code: Code, page: Option<&str>) -> serde_json::Value {
    serde_json::json!({ "code": code.to_string(), "severity": severity(code), "summary": code.summary(), "page": page })
}

fn severity(code: Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// `AUD0207`, `aud0207`, `0207` and `207` are one code.
fn find(written: &str) -> Option<Code> {
    let digits = written.trim().trim_start_matches(['a', 'A', 'u', 'U', 'd', 'D']);
    let number: u16 = digits.parse().ok()?;
    Code::ALL.iter().copied().find(|code| code.number() == number)
}

fn unknown(written: &str) -> String {
    let codes: Vec<String> = Code::ALL.iter().map(ToString::to_string).collect();
    let upper = written.to_uppercase();
    match suggest::nearest(&upper, codes.iter().map(String::as_str)).first() {
        Some(near) => format!("there is no diagnostic code `{written}`; did you mean {near}?"),
        None => format!("there is no diagnostic code `{written}`; `aud explain-code` lists them all"),
    }
}
