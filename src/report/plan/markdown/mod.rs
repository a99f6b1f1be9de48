//! A plan as a comment on a pull request.
//!
//! In: a [`PlanView`] and how many bytes there are. Out: Markdown as GitHub and GitLab read it, never longer than that. The most important comes first; what does not
//! fit is counted. What a user wrote stands in code spans. It begins with a comment that nobody sees, by which a program finds it again to replace it.

mod detail;
mod text;

use super::figure::Figure;
use super::order;
use super::view::*;
use crate::report::number;
use detail::detail;
use text::{code, plain, told};

/// The longest comment that GitHub takes, in characters.
pub const COMMENT_LIMIT: usize = 65_536;

/// Less cannot hold the head of a comment.
pub const LEAST_COMMENT: usize = 2_048;

/// Kept free for what is said about what does not fit.
const TAIL: usize = 256;

/// How many guards and assertions are told at most.
const MOST_CHECKS: usize = 20;

/// A plan as Markdown of at most so many bytes, which may not be fewer than [`LEAST_COMMENT`].
pub fn markdown(view: &PlanView, most_bytes: usize) -> String {
    let most_bytes = most_bytes.max(LEAST_COMMENT);
    let mut page = Page { text: head(view), most_bytes: most_bytes - TAIL };
    for paragraph in paragraphs(view) {
        page.add(&format!("{paragraph}\n\n"));
    }
    page.checks(view);
    let changes = order::by_importance(view);
    page.table(&changes);
    page.details(&changes);
    let mut text = page.text.trim_end().to_owned();
    text.push('\n');
    text
}

/// The text as far as it goes.
struct Page {
    text: String,
    most_bytes: usize,
}

impl Page {
    fn room(&self) -> usize {
        self.most_bytes.saturating_sub(self.text.len())
    }

    /// Adds a whole piece, or nothing of it.
    fn add(&mut self, piece: &str) -> bool {
        let fits = piece.len() <= self.room();
        if fits {
            self.text.push_str(piece);
        }
        fits
    }

    /// Adds pieces until one does not fit, or so much room is used. Gives how many were added.
    fn add_while(&mut self, pieces: impl Iterator<Item = String>, most: usize) -> usize {
        let start = self.text.len();
        pieces.take_while(|piece| self.text.len() - start + piece.len() <= most && self.add(piece)).count()
    }

    fn checks(&mut self, view: &PlanView) {
        let checks = order::checks_by_importance(view);
        let head = "| Guard or assertion | Result |\n|:--|:--|\n";
        let Some(first) = checks.first().map(|check| row_of_check(check)) else { return };
        if self.room() < head.len() + first.len() {
            return;
        }
        self.add(head);
        let most = self.room() / 4;
        let told = self.add_while(checks.iter().take(MOST_CHECKS).map(|check| row_of_check(check)), most);
        self.text.push('\n');
        if let Some(more) = more(checks.len() - told, "check", "checks") {
            self.add(&format!("{more}\n\n"));
        }
    }

    /// A row for each audience, with as much left for what is told about them below.
    fn table(&mut self, changes: &[&ChangeView]) {
        let head = "| | Audience | Before | After | Enter | Leave |\n|:--|:--|--:|--:|--:|--:|\n";
        let Some(first) = changes.first().map(|change| row(change)) else { return };
        if self.room() < head.len() + first.len() {
            return;
        }
        self.add(head);
        let told = self.add_while(changes.iter().map(|change| row(change)), self.room() / 2);
        self.text.push('\n');
        if let Some(more) = more(changes.len() - told, "audience", "audiences") {
            // There is always room for it: the tail is kept free.
            self.text.push_str(&format!("{more}\n\n"));
        }
    }

    fn details(&mut self, changes: &[&ChangeView]) {
        let all = || changes.iter().filter_map(|change| detail(change));
        let told = self.add_while(all(), self.room());
        let left = all().count() - told;
        if left > 0 && left < changes.len() {
            let of = if left == 1 { "audience is" } else { "audiences are" };
            self.text.push_str(&format!("The details of {} more {of} left out.\n", number(left as u64)));
        }
    }
}

/// What a program finds the comment by, and the plan in a line.
fn head(view: &PlanView) -> String {
    let of = view.made_from.environment.as_ref().map_or_else(String::new, |environment| format!(":{environment}"));
    let title = match (view.empty, view.summary()) {
        (true, _) => "nothing to do".to_owned(),
        (false, Some(summary)) => summary,
        (false, None) => "nothing changes".to_owned(),
    };
    let environment =
        view.made_from.environment.as_ref().map_or_else(String::new, |name| format!(" of {}", code(name)));
    format!("<!-- aud-plan{of} -->\n### Plan{environment}: {}\n\n", told(&title))
}

fn paragraphs(view: &PlanView) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(advice) = view.broken_advice() {
        all.push(format!("> [!CAUTION]\n> A guard or an assertion is broken: {}", code(&advice)));
    }
    all.push(view.made_from_words());
    all.extend(view.limits().iter().map(|limit| code(limit)));
    all.extend(view.pending());
    all
}

/// `and 4,812 more audiences`; `None` where there are no more.
fn more(count: usize, one: &str, several: &str) -> Option<String> {
    let noun = if count == 1 { one } else { several };
    (count > 0).then(|| format!("… and {} more {noun}; `aud plan` shows all of them.", number(count as u64)))
}

fn row_of_check(check: &CheckView) -> String {
    let verdict = match check.verdict {
        VerdictView::Holds => "ok".to_owned(),
        VerdictView::Broken => "**broken**".to_owned(),
        VerdictView::Allowed => format!("allowed: {}", plain(check.reason.as_deref().unwrap_or_default())),
    };
    format!("| {} | {verdict} |\n", code(&check.found()))
}

/// `| change | lapsed_spenders Lapsed spenders | 1,204 | 1,377 | +212 | −39 |`.
fn row(change: &ChangeView) -> String {
    let title = change.title().map_or_else(String::new, |name| format!(" {}", plain(name)));
    let was = change.renamed_from.as_ref().map_or_else(String::new, |from| format!(" (was {})", code(from)));
    let after = change.people.after.map_or_else(|| change.after().replace(" people", ""), |after| after.to_string());
    let signed = |figure: Figure, sign| told(&figure.signed(sign));
    format!(
        "| {} | {}{title}{was} | {} | {} | {} | {} |\n",
        change.action.word(),
        code(&change.address),
        told(&change.before()),
        told(&after),
        signed(change.people.adds, '+'),
        signed(change.people.drops, '−'),
    )
}
