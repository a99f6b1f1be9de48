//! Words that every form of a plan shares.
//!
//! In: parts of a [`PlanView`]. Out: plain sentences without colour or markup, still as the user wrote what is quoted in them: whoever lays them out makes them safe.

use super::figure::Figure;
use super::view::*;
use crate::catalog::DeleteBehaviour;
use crate::plan::Refusal;
use crate::report::number;
use crate::report::number::counted;

/// What a deletion does downstream.
pub(super) fn downstream(behaviour: DeleteBehaviour) -> Downstream {
    match behaviour {
        DeleteBehaviour::SendsRemovals => Downstream::Removed,
        DeleteBehaviour::SendsMessage => Downstream::Message,
        DeleteBehaviour::DeletesAudience => Downstream::Deleted,
        DeleteBehaviour::KeepsAudience => Downstream::Stay,
        DeleteBehaviour::KeepsAttributes => Downstream::AttributesStay,
    }
}

/// What becomes of the people of a deleted audience: `4,210 people stay in Google Ads (it does not delete)`.
pub fn after_deletion(downstream: Option<Downstream>, people: Figure, output: &str) -> String {
    let (who, one) = (people.people(), people.is_one());
    let verb = |singular: &'static str, plural: &'static str| if one { singular } else { plural };
    match downstream {
        Some(Downstream::Removed) => format!("{who} {} removed from {output}", verb("is", "are")),
        Some(Downstream::Message) => {
            format!("{who} {} in {output} until it acts on the message that is sent", verb("stays", "stay"))
        }
        Some(Downstream::Deleted) => format!("{output} deletes the audience, with {who} in it"),
        Some(Downstream::Stay) => format!("{who} {} in {output} (it does not delete)", verb("stays", "stay")),
        Some(Downstream::AttributesStay) => {
            format!("{who} {} the attributes in {output} (it leaves them as they are)", verb("keeps", "keep"))
        }
        None => format!("{who} {} dropped", verb("is", "are")),
    }
}

/// A reason not to make a plan, with no count that is suppressed.
pub(super) fn refusal(refusal: &Refusal, suppress_below: Option<u64>) -> String {
    match (refusal, suppress_below) {
        (Refusal::OutputMissing { address, output, people }, Some(bound)) if (1..bound).contains(people) => {
            let people = Figure::Below(bound);
            format!("`{address}` has {people} people in `{output}`, which aud.yaml no longer has")
        }
        _ => refusal.to_string(),
    }
}

impl PlanView {
    /// What the plan is made from: `now … · data version 41 · state serial 17`.
    pub(super) fn made_from_words(&self) -> String {
        let made = &self.made_from;
        let mut words =
            format!("now {} · data version {} · state serial {}", made.now_words, made.data.version, made.state.serial);
        if let Some(environment) = &made.environment {
            words = format!("{words} · environment {environment}");
        }
        words
    }

    /// What the plan leaves out or keeps back, a sentence each.
    pub(super) fn limits(&self) -> Vec<String> {
        let mut limits = Vec::new();
        if self.made_from.shadow {
            limits.push("shadow: nothing is delivered".to_owned());
        }
        let targets = some(&self.targets);
        if !self.selected_by.is_empty() {
            let fits = if targets.is_empty() { "nothing fits" } else { &targets };
            limits.push(format!("limited to {}: {fits}", self.selected_by.join(" and ")));
        } else if !targets.is_empty() {
            limits.push(format!("limited to {targets}"));
        }
        if !self.came_along.is_empty() {
            limits.push(format!("with {}, new or renamed and nested by them", some(&self.came_along)));
        }
        if !self.excluded.is_empty() {
            limits.push(format!("without {}", some(&self.excluded)));
        }
        if let Some(bound) = self.suppressed_below {
            limits.push(format!(
                "counts from 1 to {} are shown as <{bound}, and those that would tell them as ?",
                bound - 1
            ));
        }
        limits
    }

    /// `1 to add, 2 to change`; empty where nothing changes.
    pub(super) fn actions(&self) -> String {
        let counts = &self.counts;
        let actions = [
            (counts.add, "to add"),
            (counts.replace, "to replace"),
            (counts.activate, "to activate"),
            (counts.pause, "to pause"),
            (counts.change, "to change"),
            (counts.rename, "to rename"),
            (counts.refresh, "to refresh"),
            (counts.delete, "to delete"),
        ];
        let actions = actions.iter().filter(|(count, _)| *count > 0);
        actions.map(|(count, what)| format!("{} {what}", number(*count as u64))).collect::<Vec<_>>().join(", ")
    }

    /// The plan in a line: what happens, who moves, how much is delivered. `None` where nothing changes.
    pub(super) fn summary(&self) -> Option<String> {
        let actions = self.actions();
        if actions.is_empty() {
            return None;
        }
        let (enter, leave) = (self.counts.enter, self.counts.leave);
        let enter = format!("{enter} {}", if enter.is_one() { "person enters" } else { "people enter" });
        let leave = format!("{leave} {}", if leave.is_one() { "leaves" } else { "leave" });
        let deliveries = counted(self.counts.deliveries as u64, "delivery", "deliveries");
        let deliveries = if self.made_from.shadow { "nothing is delivered".to_owned() } else { deliveries };
        Some(format!("{actions} · {enter}, {leave} · {deliveries}"))
    }

    /// What earlier applies left to do; `None` where that is nothing.
    pub(super) fn pending(&self) -> Option<String> {
        let pending = self.counts.pending;
        let are = if pending == 1 { "is" } else { "are" };
        let deliveries = counted(pending, "delivery", "deliveries");
        (pending > 0).then(|| format!("{deliveries} of earlier applies {are} still to be made"))
    }

    /// `evaluated 3 audiences, 9,997 hold`.
    pub(super) fn evaluated(&self) -> String {
        let EvaluationView { evaluated, reused } = self.evaluation;
        let hold = if reused == 1 { "holds" } else { "hold" };
        format!("evaluated {}, {} {hold}", counted(evaluated as u64, "audience", "audiences"), number(reused as u64))
    }

    /// The checks that keep the plan from being applied.
    pub(super) fn broken(&self) -> impl Iterator<Item = &CheckView> {
        self.checks.iter().filter(|check| check.verdict == VerdictView::Broken)
    }

    /// What to do about broken checks; `None` where there are none.
    pub(super) fn broken_advice(&self) -> Option<String> {
        const TOLD: usize = 10;
        let names: Vec<String> = self.broken().map(|check| format!("--allow '{}'", check.name)).collect();
        if names.len() > TOLD {
            let count = number(names.len() as u64);
            return Some(format!("this plan cannot be applied: {count} guards and assertions are broken"));
        }
        let them = if names.len() == 1 { "it" } else { "them" };
        let advice = || format!("this plan cannot be applied; to allow {them}: {} --reason WHY", names.join(" "));
        (!names.is_empty()).then(advice)
    }
}

/// The first of many names, and how many more there are.
fn some(names: &[String]) -> String {
    const TOLD: usize = 20;
    let told = names.iter().take(TOLD).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(TOLD) {
        0 => told,
        more => format!("{told} and {} more", number(more as u64)),
    }
}

impl ActionView {
    /// The sign of an action.
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Self::Delete => "-",
            Self::Create => "+",
            Self::Replace => "-/+",
            Self::Activate | Self::Pause | Self::Rename | Self::Update => "~",
            Self::Refresh => "±",
        }
    }

    /// The word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Create => "add",
            Self::Replace => "replace",
            Self::Activate => "activate",
            Self::Pause => "pause",
            Self::Rename => "rename",
            Self::Update => "change",
            Self::Refresh => "refresh",
        }
    }
}

impl ChangeView {
    /// The name, where it says more than the address.
    pub(super) fn title(&self) -> Option<&str> {
        self.name.as_deref().filter(|name| *name != self.address)
    }

    /// Whether everybody in it before is gone because it was none: a draft.
    pub(super) fn before(&self) -> String {
        if self.was_draft { "draft".to_owned() } else { self.people.before.to_string() }
    }

    /// `1,377 people`, `draft`, `nothing`.
    pub(super) fn after(&self) -> String {
        match (self.action, self.people.after) {
            (ActionView::Delete, _) if self.was_draft => "nothing".to_owned(),
            (ActionView::Delete, _) => Figure::Exact(0).people(),
            (_, Some(size)) => size.people(),
            (_, None) => "draft".to_owned(),
        }
    }

    /// What has to be said beside its figures, a sentence each; those about what is not as it should be first.
    pub(super) fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let drift = match (self.drift.definition, self.drift.members) {
            (false, false) => None,
            (true, false) => Some("definition"),
            (false, true) => Some("membership"),
            (true, true) => Some("definition and the membership"),
        };
        if let Some(what) = drift {
            let were = if self.drift.definition && self.drift.members { "were" } else { "was" };
            let text = format!("drift: the {what} in the state {were} changed by other means; this plan repairs it");
            notes.push(Note { warns: true, text });
        }
        if let Some(test) = &self.replaced_test {
            let text = format!(
                "the running test `{test}` ends and starts anew, with other variants and another division of people"
            );
            notes.push(Note { warns: true, text });
        }
        match self.action {
            ActionView::Activate => {
                notes.push(Note { warns: false, text: "the draft becomes active".to_owned() });
            }
            ActionView::Pause => {
                let text = "becomes a draft: everybody leaves, the definition stays".to_owned();
                notes.push(Note { warns: false, text });
            }
            _ => {}
        }
        notes
    }

    /// The fields that say something which its notes do not.
    pub(super) fn told_fields(&self) -> impl Iterator<Item = &FieldView> {
        let noted = matches!(self.action, ActionView::Activate | ActionView::Pause);
        self.fields.iter().filter(move |field| !(noted && field.field == "status"))
    }

    /// `+205 −31 your edit · +7 −8 time passing`, in parts; empty where nobody moves or it goes without saying.
    pub(super) fn why_words(&self) -> Vec<(MovesView, &'static str)> {
        let causes = self.why.iter().flat_map(WhyView::causes);
        causes.filter(|(_, moves)| !moves.is_empty()).map(|(cause, moves)| (moves, cause.words())).collect()
    }
}

/// A sentence about a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// Whether somebody should look.
    pub warns: bool,
    /// The sentence.
    pub text: String,
}

impl WhyView {
    /// Each cause with who moves by it, in a fixed order.
    pub(super) fn causes(&self) -> [(CauseView, MovesView); 3] {
        use CauseView::{Data, Edit, Time};
        [(Edit, self.edit), (Data, self.data), (Time, self.time)]
    }
}

impl CauseView {
    /// As a plan says it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Edit => "your edit",
            Self::Data => "new data",
            Self::Time => "time passing",
        }
    }
}

impl MovesView {
    /// Whether nobody moves.
    pub(super) fn is_empty(&self) -> bool {
        self.adds.is_zero() && self.drops.is_zero()
    }

    /// `+205 −31`.
    pub(super) fn signed(&self) -> String {
        let parts = [self.adds.signed('+'), self.drops.signed('−')];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

impl ConnectionView {
    /// `warehouse / push`.
    pub(super) fn label(&self) -> String {
        self.variant.as_ref().map_or_else(|| self.output.clone(), |variant| format!("{} / {variant}", self.output))
    }

    /// `+85 −16 people`; `nobody` where it only begins or ends.
    pub(super) fn sent(&self) -> String {
        let moves = MovesView { adds: self.adds, drops: self.drops };
        if moves.is_empty() {
            return "nobody".to_owned();
        }
        let one = [(self.adds, self.drops), (self.drops, self.adds)].iter().any(|(a, b)| a.is_one() && b.is_zero());
        format!("{} {}", moves.signed(), if one { "person" } else { "people" })
    }

    /// What happens to the connection, where that does not go without saying.
    pub(super) fn event(&self, action: ActionView) -> Option<&'static str> {
        match (self.action, action) {
            (ConnectionActionView::Connect, ActionView::Create) | (ConnectionActionView::Continue, _) => None,
            (ConnectionActionView::Connect, _) => Some("begins"),
            (ConnectionActionView::Disconnect, _) => Some("ends"),
        }
    }

    /// What becomes of the people of a deleted audience.
    pub(super) fn after_deletion(&self) -> String {
        after_deletion(self.on_delete, self.drops, &self.kind_title)
    }

    /// `customer_id 85`, `email 71`.
    pub(super) fn identities_words(&self) -> Vec<String> {
        self.identities.iter().map(|(identity, count)| format!("{identity} {count}")).collect()
    }

    /// `3 cannot be reached`; `None` where everybody can.
    pub(super) fn lost(&self) -> Option<String> {
        (!self.unreachable.is_zero()).then(|| format!("{} cannot be reached", self.unreachable))
    }
}

impl CheckView {
    /// The word for its kind.
    pub(super) fn kind_word(&self) -> &'static str {
        match self.kind {
            CheckKind::Guard => "guard",
            CheckKind::Disjoint | CheckKind::Inside => "assert",
        }
    }

    /// `lapsed_spenders drops 3.2 % ≤ 5 %`; of an assertion what it asks, and how many break it.
    pub(super) fn found(&self) -> String {
        let are = if self.people.is_one() { "is" } else { "are" };
        let broken = match self.kind {
            CheckKind::Guard => None,
            CheckKind::Disjoint => Some(format!("{} {are} in both", self.people.people())),
            CheckKind::Inside => Some(format!("{} {are} not", self.people.people())),
        };
        if let Some(broken) = broken {
            return if self.people.is_zero() { self.limit.clone() } else { format!("{}: {broken}", self.limit) };
        }
        let subject = self.name.rsplit_once('.').map_or(self.name.as_str(), |(address, _)| address);
        let (measure, bound) = self.limit.split_once(' ').unwrap_or(("", &self.limit));
        let is_share = bound.contains('%');
        let found = match self.percent {
            Some(percent) => format!("{} %", rounded(percent)),
            None if is_share && self.people.exact().is_some() => format!("{} of nobody", self.people),
            None => self.people.to_string(),
        };
        let bound = bound.replace("<=", "≤").replace(">=", "≥").replace('%', " %");
        format!("{subject} {measure} {found} {bound}")
    }

    /// `ok`, `broken`, `allowed: REASON`.
    pub(super) fn verdict_words(&self) -> String {
        match (self.verdict, &self.reason) {
            (VerdictView::Holds, _) => "ok".to_owned(),
            (VerdictView::Broken, _) => "broken".to_owned(),
            (VerdictView::Allowed, Some(reason)) => format!("allowed: {reason}"),
            (VerdictView::Allowed, None) => "allowed".to_owned(),
        }
    }
}

/// A number with at most two digits behind the point, and no zeros at its end.
fn rounded(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_deletion_does_downstream_is_spelled_out() {
        let said = |behaviour, output: &str| after_deletion(Some(downstream(behaviour)), Figure::Exact(4210), output);
        let all = [
            (DeleteBehaviour::SendsRemovals, "File", "4,210 people are removed from File"),
            (
                DeleteBehaviour::SendsMessage,
                "Amazon Kinesis Firehose",
                "4,210 people stay in Amazon Kinesis Firehose until it acts on the message that is sent",
            ),
            (DeleteBehaviour::DeletesAudience, "Facebook", "Facebook deletes the audience, with 4,210 people in it"),
            (DeleteBehaviour::KeepsAudience, "Google Ads", "4,210 people stay in Google Ads (it does not delete)"),
            (
                DeleteBehaviour::KeepsAttributes,
                "Braze",
                "4,210 people keep the attributes in Braze (it leaves them as they are)",
            ),
        ];
        for (behaviour, output, words) in all {
            assert_eq!(said(behaviour, output), words);
        }
        assert_eq!(after_deletion(None, Figure::Exact(4210), "x"), "4,210 people are dropped");
        let one = |downstream| after_deletion(Some(downstream), Figure::Exact(1), "X");
        assert_eq!(one(Downstream::Removed), "1 person is removed from X");
        assert_eq!(one(Downstream::Stay), "1 person stays in X (it does not delete)");
        assert_eq!(
            after_deletion(Some(Downstream::Stay), Figure::Below(10), "X"),
            "<10 people stay in X (it does not delete)"
        );
    }

    #[test]
    fn shares_are_rounded() {
        assert_eq!([3.0, 3.24, 3.239, 100.0, 0.004].map(rounded), ["3", "3.24", "3.24", "100", "0"]);
    }
}
