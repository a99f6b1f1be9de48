//! Standard output, standard error, colours and progress.
//!
//! Results go to standard output, everything else to standard error. Colour and progress appear on a terminal only, and
//! `NO_COLOR` is honoured. A reader that goes away (`aud list | head`) is no error.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::args::Global;
use super::exit::{Exit, Failure};
use crate::apply::ApplyError;
use crate::base::{Now, SourceMap, Timestamp};
use crate::diagnostic::Diagnostic;
use crate::plan::Refusals;
use crate::report::{self, Style};
use crate::system::System;
use crate::workbench::{SplitWarning, WorkbenchError};

/// Where a command's words go.
pub(super) struct Ui {
    /// Whether JSON was asked for.
    pub json: bool,
    /// Whether more was asked for.
    pub verbose: bool,
    out: Style,
    err: Style,
}

impl Ui {
    /// What a plan looks at as it is now (M6).
    pub(super) fn notices(&self, asked: Option<Timestamp>, clock: Now) {
        if asked.is_some_and(|asked| asked < clock.0) {
            self.say("note: attributes are as last known, not as they were at that instant");
        }
    }

    pub(super) fn new(system: &dyn System, global: &Global) -> Self {
        let plain = system.env("NO_COLOR").is_some_and(|value| !value.is_empty());
        let asked = system.env("COLUMNS").and_then(|columns| columns.parse().ok());
        let width = asked.or_else(|| Some(usize::from(terminal_size::terminal_size()?.0.0))).unwrap_or(100);
        let style = |terminal: bool| Style { color: terminal && !plain, width };
        let (out, err) = (style(io::stdout().is_terminal()), style(io::stderr().is_terminal()));
        Self { json: global.json, verbose: global.verbose, out, err }
    }

    /// How to draw what goes to standard output.
    pub(super) fn style(&self) -> Style {
        self.out
    }

    /// How to draw a table on standard output: as wide as the terminal, or with all its columns where there is none.
    pub(super) fn table_style(&self) -> Style {
        let width = if io::stdout().is_terminal() { self.out.width } else { usize::from(u16::MAX) };
        Style { width, ..self.out }
    }

    /// Whether standard output is a terminal, where people watch.
    pub(super) fn is_watched(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Writes a result.
    pub(super) fn print(&self, text: &str) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        let written = out
            .write_all(text.as_bytes())
            .and_then(|()| if text.ends_with('\n') { Ok(()) } else { out.write_all(b"\n") });
        match written.and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => Ok(other?),
        }
    }

    /// Writes a result as JSON.
    pub(super) fn print_json(&self, value: &serde_json::Value) -> Result<(), Failure> {
        self.print(&serde_json::to_string_pretty(value).map_err(io::Error::from)?)
    }

    /// Says something beside the result.
    pub(super) fn say(&self, text: &str) {
        // Standard error may be closed; there is nobody left to tell.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Says why a list has no estimates.
    pub(super) fn without_estimates(&self, error: &WorkbenchError) {
        let because = match error {
            WorkbenchError::Invalid(_) => "the definitions have errors, which `aud check` shows".to_owned(),
            other => report::visible(&chain(other)).into_owned(),
        };
        self.say(&format!("note: nothing is estimated: {because}"));
    }

    /// Says what was found wrong.
    pub(super) fn diagnostics(&self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        if !diagnostics.is_empty() {
            self.say(report::diagnostic::human(diagnostics, sources, self.err).trim_end());
            self.say(&format!("\n{}", report::diagnostic::summary(diagnostics)));
        }
    }

    /// Says why a command failed, and gives its exit code.
    pub(super) fn failure(&self, failure: &Failure) -> Exit {
        match failure {
            Failure::Workbench(WorkbenchError::Invalid(checked)) if self.json => {
                let json = report::diagnostic::json(&checked.diagnostics, &checked.sources);
                let _ = self.print(&json);
            }
            Failure::Workbench(WorkbenchError::Invalid(checked)) => {
                self.diagnostics(&checked.diagnostics, &checked.sources);
            }
            Failure::Workbench(WorkbenchError::Refused(refusals)) if self.json => {
                let _ = self.print_json(&report::plan::refusals_json(refusals));
            }
            Failure::Workbench(WorkbenchError::Refused(refusals)) => {
                self.say(report::plan::refusals(refusals, self.err).trim_end());
            }
            Failure::Workbench(WorkbenchError::Apply(ApplyError::Cancelled)) => {
                self.say("interrupted; nothing was changed");
                return Exit::Interrupted;
            }
            other if self.json => {
                let _ = self.print_json(&json!({ "version": 1, "error": chain(other) }));
            }
            other => self.say(&format!("error: {}", report::visible(&chain(other)))),
        }
        Exit::Error
    }

    /// Says why there is no plan, with no count that is suppressed.
    pub(super) fn refused_below(&self, refusals: &Refusals, below: Option<u64>) -> Result<Exit, Failure> {
        if self.json {
            self.print_json(&report::plan::refusals_json_below(refusals, below))?;
        } else {
            self.say(report::plan::refusals_below(refusals, self.err, below).trim_end());
        }
        Ok(Exit::Error)
    }

    /// Says which splits came out unlike they were asked for.
    pub(super) fn split_warnings(&self, warnings: &[SplitWarning], below: Option<u64>) {
        warnings.iter().for_each(|warning| self.say(&report::plan::split_warning(warning, below.is_none())));
    }

    /// A progress bar over `total` steps; invisible where standard error is no terminal.
    pub(super) fn progress(&self, total: u64, unit: &str) -> ProgressBar {
        let terminal = io::stderr().is_terminal();
        let target = if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let template = format!("{{msg}} {{bar:30}} {{percent}} % · {{pos}} of {{len}} {unit} · {{eta}} left");
        bar.set_style(ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar
    }

    /// Asks a question whose only good answer is `yes`. `None` where nobody can answer.
    pub(super) fn confirm(&self, question: &str) -> Option<bool> {
        if !io::stdin().is_terminal() {
            return None;
        }
        let _ = write!(io::stderr().lock(), "{question} Only `yes` goes on: ");
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).ok().map(|_| answer.trim() == "yes")
    }
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = error.source();
    }
    text
}
