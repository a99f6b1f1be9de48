//! `aud estimate`.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::base::Duration;
use crate::cli::answer::{self, FormArgs};
use crate::cli::args::{Door, NowArg};
use crate::cli::exit::{Exit, Failure};
use crate::cli::ui::Ui;
use crate::estimate::{Detail, DialKind, Effort, Setting, SweepRequest, overlaps};
use crate::ir::Float;
use crate::report::estimate::{BalanceAnswer, DetailAnswer, OverlapAnswer, SizesAnswer, SweepAnswer};
use crate::workbench::{EstimateRequest, Workbench};

/// The most bytes that are taken from standard input: definitions of people, not data.
const LONGEST_INPUT: u64 = 64 << 20;

/// Which audiences, and how they are asked about.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct SubjectArgs {
    /// The audiences' addresses; `-` takes definitions from standard input too, as if they stood in a file that is not saved yet
    #[arg(value_name = "AUDIENCE")]
    audiences: Vec<String>,
    /// With `-`: the file whose place the definitions take
    #[arg(long, value_name = "PATH")]
    stdin_path: Option<PathBuf>,
    /// Ask everybody, however long it takes
    #[arg(long, conflicts_with = "sample")]
    exact: bool,
    /// Ask this many per cent of all users [default: everybody where it takes no more than 200 ms]
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent)]
    sample: Option<f64>,
    #[command(flatten)]
    now: NowArg,
}

/// What a command asks of whom.
pub(in crate::cli) struct Subject {
    /// The project, with what standard input held.
    pub(in crate::cli) workbench: Workbench,
    /// The request.
    pub(in crate::cli) request: EstimateRequest,
    unsaved: Option<PathBuf>,
}

impl Subject {
    /// Where the definitions of standard input stand.
    pub(in crate::cli) fn unsaved(&self) -> Option<&Path> {
        self.unsaved.as_deref()
    }
}

impl SubjectArgs {
    /// Opens the project, and reads standard input where that is asked for.
    pub(in crate::cli) fn open(&self, door: &Door) -> Result<Subject, Failure> {
        let workbench = door.workbench()?;
        let effort = match (self.exact, self.sample) {
            (true, _) => Effort::Exact,
            (false, Some(share)) => Effort::Sample(share),
            (false, None) => Effort::Quick,
        };
        let audiences = self.audiences.iter().filter(|each| *each != "-").cloned().collect();
        let request = EstimateRequest { audiences, effort, detail: Detail::Criteria, now: door.now(&self.now) };
        if !self.audiences.iter().any(|each| each == "-") {
            if self.stdin_path.is_some() {
                return Err(Failure::Usage(
                    "--stdin-path is about standard input: name `-` among the audiences".to_owned(),
                ));
            }
            return Ok(Subject { workbench, request, unsaved: None });
        }
        let mut text = Vec::new();
        io::stdin().lock().take(LONGEST_INPUT + 1).read_to_end(&mut text)?;
        if text.len() as u64 > LONGEST_INPUT {
            return Err(Failure::Usage(format!("standard input has more than {LONGEST_INPUT} bytes")));
        }
        let (workbench, path) = workbench.with_unsaved(text, self.stdin_path.as_deref())?;
        Ok(Subject { workbench, request, unsaved: Some(path) })
    }
}

/// Arguments of `aud estimate`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    subject: SubjectArgs,
    /// How far the audiences are the same people: every two of them
    #[arg(long, conflicts_with_all = ["sweep", "balance"])]
    overlap: bool,
    /// Vary a number of one criterion, by its label or position: recent_buyers, 2, 2.1, or with `:count`, `:time`, `:value` behind it, and `:2` for the second of them
    #[arg(long, value_name = "PLACE", conflicts_with = "balance")]
    sweep: Option<String>,
    /// The values for --sweep, such as 1,2,5 or "7 days,14 days" [default: some around the one that is written]
    #[arg(long, value_name = "VALUES", value_delimiter = ',', requires = "sweep")]
    values: Vec<String>,
    /// Find the value for --sweep that gives a size nearest to this one
    #[arg(long, value_name = "PEOPLE", requires = "sweep")]
    target_size: Option<u64>,
    /// Hold the split of one audience against its shares, and against the values of these user attributes; everybody is asked
    #[arg(long, value_name = "ATTRIBUTES", value_delimiter = ',', num_args = 0..=1, require_equals = true, conflicts_with = "sample")]
    balance: Option<Vec<String>>,
    #[command(flatten)]
    form: FormArgs,
}

/// Says how large audiences would be, and why.
pub(in crate::cli) fn run(door: &Door, ui: &Ui, args: &Args) -> Result<Exit, Failure> {
    let subject = args.subject.open(door)?;
    let Subject { workbench, request, .. } = &subject;
    if let Some(place) = &args.sweep {
        let vary = vary(place, &args.values, args.target_size)?;
        let (audience, sweep) = workbench.sweep(request, subject.unsaved(), &vary)?;
        let answer = SweepAnswer { address: &audience.address, sweep: &sweep, target: args.target_size };
        return answer::print(ui, &args.form, &answer);
    }
    if let Some(attributes) = &args.balance {
        let attributes = attributes.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
        let attributes: Vec<String> = attributes.map(str::to_owned).collect();
        let (audience, balance) = workbench.balance(request, subject.unsaved(), &attributes)?;
        return answer::print(ui, &args.form, &BalanceAnswer { address: &audience.address, balance: &balance });
    }
    let is_list = request.audiences.is_empty() && subject.unsaved().is_none();
    let detail = if is_list || args.overlap { Detail::Sizes } else { Detail::Criteria };
    let estimated = workbench.estimate(&EstimateRequest { detail, ..request.clone() }, subject.unsaved())?;
    ui.diagnostics(&estimated.warnings, &estimated.sources);
    let estimates = &estimated.estimates;
    if args.overlap && estimates.audiences.len() == 1 {
        return Err(Failure::Usage("an overlap is of at least two audiences: name another one".to_owned()));
    }
    if args.overlap {
        let overlaps = overlaps(estimates);
        return answer::print(ui, &args.form, &OverlapAnswer { estimates, overlaps: &overlaps });
    }
    if is_list {
        return answer::print(ui, &args.form, &SizesAnswer(estimates));
    }
    answer::print(ui, &args.form, &DetailAnswer { estimates, reach: &estimated.reach })
}

/// What `--sweep`, `--values` and `--target-size` say.
fn vary(place: &str, values: &[String], target: Option<u64>) -> Result<SweepRequest, Failure> {
    let mut parts = place.split(':');
    let place = parts.next().unwrap_or_default();
    let kind = match parts.next() {
        None => None,
        Some(word) => {
            let found = DialKind::ALL.iter().find(|(each, _)| *each == word);
            let known = DialKind::ALL.map(|(word, _)| word).join(", ");
            Some(found.ok_or_else(|| Failure::Usage(format!("`{word}` is none of {known}")))?.1)
        }
    };
    let which = match (parts.next(), parts.next()) {
        (None, _) => None,
        (Some(number), None) if number.parse().is_ok_and(|number: usize| number > 0) => number.parse().ok(),
        (Some(number), _) => return Err(Failure::Usage(format!("`{number}` is no number from 1 on"))),
    };
    let values = values.iter().map(|text| setting(text.trim(), kind)).collect::<Result<_, _>>()?;
    Ok(SweepRequest { place: place.to_owned(), kind, which, values, target })
}

/// A value: a number, or a length of time such as `7 days`, `36h`. A whole number is a count unless a value is asked for.
fn setting(text: &str, kind: Option<DialKind>) -> Result<Setting, Failure> {
    let wrong = || Failure::Usage(format!("`{text}` is no number and no length of time such as `7 days`"));
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    if let (Ok(count), unit) = (number.parse::<u64>(), unit.trim())
        && unit.starts_with(|c: char| c.is_ascii_alphabetic())
    {
        let long = Duration::UNITS.iter().find(|(name, _)| name.starts_with(unit) && unit.len() == 1);
        return Duration::of(count, long.map_or(unit, |(name, _)| name)).map(Setting::Time).ok_or_else(wrong);
    }
    match (text.parse::<u64>(), kind) {
        (Ok(count), None | Some(DialKind::Count)) => Ok(Setting::Count(count)),
        _ => text.parse().ok().and_then(Float::new).map(Setting::Value).ok_or_else(wrong),
    }
}

fn parse_percent(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.trim_end_matches('%').trim().parse().ok();
    let inside = number.filter(|percent| *percent > 0.0 && *percent <= 100.0);
    inside.map(|percent| percent / 100.0).ok_or_else(|| "expected a number above 0, at most 100".to_owned())
}
