//! From a plan to what is shown of it.
//!
//! In: a [`Plan`], where definitions were written, and how much may be told. Out: a [`PlanView`].

use super::figure::Figure;
use super::suppress::suppress;
use super::view::*;
use super::{step, words};
use crate::base::{Address, Fingerprint, Mpid, Origin, SourceMap};
use crate::catalog::OutputKind;
use crate::ir::{Status, VariantName};
use crate::plan::{
    self, Action, Cause, Change, Check, ConnectionAction, ConnectionChange, FieldChange, Moves, People, Plan, Sample,
    Verdict, Why,
};
use crate::report::number::now;

/// How much of a plan is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Show {
    /// Counts from 1 up to this one, exclusive, are suppressed. At least [`Show::LEAST_BOUND`].
    pub suppress_below: Option<u64>,
    /// Whether the steps of an apply are shown.
    pub steps: bool,
    /// Whether examples of who moves are shown by their MPIDs; otherwise redacted.
    pub mpids: bool,
}

impl Show {
    /// A smaller bound would tell by itself what it suppresses: who is fewer than two is one.
    pub const LEAST_BOUND: u64 = 5;
}

/// What is shown of a plan.
pub fn view(plan: &Plan, sources: &SourceMap, show: Show) -> PlanView {
    let redact = |mpid| if show.mpids { format!("user {mpid}") } else { redacted(&plan.made_from.lineage, mpid) };
    let mut view = PlanView {
        version: VERSION,
        made_from: made_from(plan),
        empty: plan.is_empty(),
        limited: plan.is_limited(),
        targets: names(&plan.targets),
        came_along: plan.came_along().map(ToString::to_string).collect(),
        excluded: names(&plan.excluded),
        selected_by: plan.selected_by.clone(),
        counts: counts(plan),
        new_users: Figure::from(plan.new_users.len() as u64),
        changes: plan.changes.iter().map(|each| change(each, sources, redact)).collect(),
        checks: plan.checks.iter().map(|each| check(each, sources)).collect(),
        evaluation: EvaluationView { evaluated: plan.evaluation.evaluated, reused: plan.evaluation.reused },
        suppressed_below: show.suppress_below.map(|bound| bound.max(Show::LEAST_BOUND)),
        steps: None,
    };
    suppress(&mut view);
    if show.steps {
        view.steps = Some(step::steps(plan, &view));
    }
    view
}

fn names(addresses: &[Address]) -> Vec<String> {
    addresses.iter().map(ToString::to_string).collect()
}

fn made_from(plan: &Plan) -> MadeFromView {
    let made = &plan.made_from;
    MadeFromView {
        tool: made.tool.clone(),
        now: made.now.to_string(),
        now_words: now(made.now),
        definitions: made.definitions.to_string(),
        outputs: made.outputs.to_string(),
        state: StateView { lineage: made.lineage.clone(), serial: made.serial },
        data: DataView { store: made.store.clone(), version: made.data_version },
        environment: made.environment.as_ref().map(ToString::to_string),
        shadow: made.shadow,
    }
}

fn counts(plan: &Plan) -> CountsView {
    let counts = plan.counts();
    CountsView {
        add: counts.add,
        replace: counts.replace,
        activate: counts.activate,
        pause: counts.pause,
        change: counts.change,
        rename: counts.rename,
        delete: counts.delete,
        refresh: counts.refresh,
        unchanged: counts.unchanged,
        enter: counts.enter.into(),
        leave: counts.leave.into(),
        deliveries: counts.deliveries,
        pending: counts.pending,
    }
}

fn change(change: &Change, sources: &SourceMap, user: impl Fn(Mpid) -> String) -> ChangeView {
    let definition = change.definition();
    let is_draft = |audience: &crate::ir::Audience| audience.status == Status::Draft;
    let old_split = change.before.as_ref().and_then(|audience| audience.split.as_ref());
    ChangeView {
        action: action(change.action),
        address: change.address.to_string(),
        renamed_from: change.renamed_from.as_ref().map(ToString::to_string),
        name: definition.map(|audience| audience.name.clone()),
        external_name: definition.map(|audience| audience.external_name.clone()),
        fields: change.fields.iter().map(|each| field(each, sources)).collect(),
        people: people(&change.people),
        was_draft: change.before.as_deref().is_some_and(is_draft),
        replaced_test: old_split.filter(|_| change.action == Action::Replace).map(|split| split.name.to_string()),
        variants: change
            .variants
            .iter()
            .map(|(name, each)| VariantView { variant: name.to_string(), people: people(each) })
            .collect(),
        connections: change.connections.iter().map(|each| connection(each, change.action)).collect(),
        why: change.why.as_ref().map(why),
        drift: DriftView { definition: change.drift.definition, members: change.drift.members },
        samples: change.samples.iter().map(|each| sample(each, &user)).collect(),
    }
}

fn action(action: Action) -> ActionView {
    match action {
        Action::Delete => ActionView::Delete,
        Action::Create => ActionView::Create,
        Action::Replace => ActionView::Replace,
        Action::Activate => ActionView::Activate,
        Action::Pause => ActionView::Pause,
        Action::Rename => ActionView::Rename,
        Action::Update => ActionView::Update,
        Action::Refresh => ActionView::Refresh,
    }
}

fn field(field: &FieldChange, sources: &SourceMap) -> FieldView {
    FieldView {
        field: field.field.clone(),
        old: field.old.clone(),
        new: field.new.clone(),
        shared: field.shared,
        at: place(field.origin, sources),
    }
}

/// `audiences/lapsed.aud:9`, where it was written anywhere.
fn place(origin: Origin, sources: &SourceMap) -> Option<String> {
    let span = origin.0?;
    let source = sources.get(span.source)?;
    Some(format!("{}:{}", source.path.display(), source.line_column(span.start).0))
}

fn people(people: &People) -> PeopleView {
    PeopleView {
        before: people.before.into(),
        after: people.size_after().map(Figure::from),
        adds: people.adds.len().into(),
        drops: people.drops.len().into(),
    }
}

/// `None` for the whole audience.
pub(super) fn variant(variant: &VariantName) -> Option<String> {
    match variant {
        VariantName::Whole => None,
        other => Some(other.to_string()),
    }
}

fn connection(connection: &ConnectionChange, action: Action) -> ConnectionView {
    let kind = OutputKind::find(&connection.kind);
    let on_delete = kind.map(|kind| words::downstream(kind.on_delete)).filter(|_| action == Action::Delete);
    let identities = connection.identities.iter();
    ConnectionView {
        output: connection.output.to_string(),
        kind: connection.kind.clone(),
        kind_title: kind.map_or_else(|| connection.kind.clone(), |kind| kind.title.to_owned()),
        variant: variant(&connection.variant),
        downstream_name: connection.downstream_name.clone(),
        action: match connection.action {
            ConnectionAction::Connect => ConnectionActionView::Connect,
            ConnectionAction::Disconnect => ConnectionActionView::Disconnect,
            ConnectionAction::Continue => ConnectionActionView::Continue,
        },
        adds: connection.adds.len().into(),
        drops: connection.drops.len().into(),
        kept: connection.kept.into(),
        identities: identities.map(|(identity, count)| (identity.to_string(), (*count).into())).collect(),
        unreachable: connection.unreachable.into(),
        on_delete,
    }
}

fn why(why: &Why) -> WhyView {
    let moves = |moves: Moves| MovesView { adds: moves.adds.into(), drops: moves.drops.into() };
    WhyView { edit: moves(why.edit), data: moves(why.data), time: moves(why.time) }
}

/// `user 3f9a…`: enough to tell two of them apart, and too little to find out who they are.
fn redacted(lineage: &str, mpid: Mpid) -> String {
    let whole = Fingerprint::of_parts([lineage.to_owned(), mpid.to_string()]).to_string();
    format!("user {}…", whole.chars().take(4).collect::<String>())
}

fn sample(sample: &Sample, user: impl Fn(Mpid) -> String) -> SampleView {
    SampleView {
        user: user(sample.mpid),
        enters: sample.enters,
        cause: cause(sample.cause),
        criterion: sample.criterion.clone(),
    }
}

fn cause(cause: Cause) -> CauseView {
    match cause {
        Cause::Edit => CauseView::Edit,
        Cause::Data => CauseView::Data,
        Cause::Time => CauseView::Time,
    }
}

fn check(check: &Check, sources: &SourceMap) -> CheckView {
    let (verdict, reason) = match &check.verdict {
        Verdict::Holds => (VerdictView::Holds, None),
        Verdict::Broken => (VerdictView::Broken, None),
        Verdict::Allowed { reason } => (VerdictView::Allowed, Some(reason.clone())),
    };
    CheckView {
        name: check.name.clone(),
        kind: match check.kind {
            plan::CheckKind::Guard => CheckKind::Guard,
            plan::CheckKind::Disjoint => CheckKind::Disjoint,
            plan::CheckKind::Inside => CheckKind::Inside,
        },
        limit: check.limit.clone(),
        people: check.found.people.into(),
        percent: check.found.percent,
        verdict,
        reason,
        at: place(check.origin, sources),
    }
}
