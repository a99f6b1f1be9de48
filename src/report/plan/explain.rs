//! The steps of an apply, for people.

use super::view::*;
use crate::report::{Style, visible};

/// The steps of a plan as text, numbered, with a line break at its end.
pub fn explain(view: &PlanView, style: Style) -> String {
    let mut lines = vec![style.paint(Style::FAINT, visible(&view.made_from_words()))];
    lines.extend(view.limits().iter().map(|limit| visible(limit).into_owned()));
    lines.push(String::new());
    match view.steps.as_deref().unwrap_or_default() {
        [] => lines.push("Nothing to do.".to_owned()),
        steps => lines.extend(numbered(steps, style)),
    }
    lines.extend(view.broken_advice().map(|advice| format!("\n{}", style.paint(Style::WARNING, visible(&advice)))));
    lines.push(String::new());
    lines.join("\n")
}

fn numbered(steps: &[StepView], style: Style) -> Vec<String> {
    let digits = steps.len().to_string().len();
    let width = |text: fn(&StepView) -> String| {
        let widths = steps.iter().filter(|step| step.address.is_some()).map(|step| text(step).chars().count());
        widths.max().unwrap_or(0)
    };
    let (subjects, rests) = (width(subject).min(WIDEST), width(rest).min(WIDEST));
    let line = |(at, step): (usize, &StepView)| {
        let number = style.paint(Style::FAINT, format!("{:>digits$}", at + 1));
        let word = format!("{:<7}", step.step.word());
        let word = if step.address.is_some() { word } else { style.paint(Style::STRONG, word) };
        let rest = rest(step);
        let line = match &step.address {
            None => format!("{number}  {word}  {rest}"),
            Some(_) => {
                let moves = [(step.adds, '+', Style::ADDED), (step.drops, '−', Style::REMOVED)];
                let moves = moves.into_iter().filter_map(|(figure, sign, paint)| Some((figure?, sign, paint)));
                let moves = moves.filter(|(figure, ..)| !figure.is_zero());
                let moves: Vec<String> =
                    moves.map(|(figure, sign, paint)| style.paint(paint, figure.signed(sign))).collect();
                format!("{number}  {word}  {:<subjects$}  {rest:<rests$}  {}", subject(step), moves.join(" "))
            }
        };
        line.trim_end().to_owned()
    };
    steps.iter().enumerate().map(line).collect()
}

/// Longer ones push what is behind them to the right, but not that of the others.
const WIDEST: usize = 48;

fn subject(step: &StepView) -> String {
    step.address.clone().unwrap_or_default()
}

/// What stands behind the subject.
fn rest(step: &StepView) -> String {
    match &step.connection {
        Some(connection) => format!("→ {connection}"),
        None => visible(&step.words).into_owned(),
    }
}
