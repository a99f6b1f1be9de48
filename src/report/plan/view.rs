//! What a plan shows, whoever lays it out.
//!
//! In: nothing; [`view`](super::view()) fills these types. Out: plain data that the renderers for terminals, JSON, Markdown and HTML share. What always
//! holds: every number of people is a [`Figure`], so that no renderer can show more than may be told; nobody is named.
//!
//! The JSON form of [`PlanView`] is what `aud plan --json` prints, so that fields are added, never removed or given another meaning.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::figure::Figure;

/// The version of the JSON form.
pub const VERSION: u32 = 1;

/// A plan as it is shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "aud plan")]
pub struct PlanView {
    /// The version of this form: 1.
    pub version: u32,
    /// What the plan was made from.
    pub made_from: MadeFromView,
    /// Whether there is nothing to do at all.
    pub empty: bool,
    /// Whether the plan was limited to some audiences.
    pub limited: bool,
    /// The audiences that it was limited to.
    pub targets: Vec<String>,
    /// Audiences that came along: new or renamed, and nested by a target.
    pub came_along: Vec<String>,
    /// The audiences that were left out on purpose.
    pub excluded: Vec<String>,
    /// What chose the targets, in words.
    pub selected_by: Vec<String>,
    /// The plan in numbers.
    pub counts: CountsView,
    /// How many users get a number of the state.
    pub new_users: Figure,
    /// What happens to each audience that anything happens to, in the order in which it is applied.
    pub changes: Vec<ChangeView>,
    /// The guards and assertions that the plan was held to.
    pub checks: Vec<CheckView>,
    /// How much was evaluated.
    pub evaluation: EvaluationView,
    /// Counts from 1 up to this one, exclusive, are suppressed; `null` where none is.
    pub suppressed_below: Option<u64>,
    /// What an apply does, in order; only where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<StepView>>,
}

/// What a plan was made from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MadeFromView {
    /// The version of the program.
    pub tool: String,
    /// The `now` of the evaluation, RFC 3339 in UTC.
    pub now: String,
    /// The same as people read it.
    #[serde(skip)]
    pub now_words: String,
    /// The fingerprint of the definitions.
    pub definitions: String,
    /// The fingerprint of the outputs as configured.
    pub outputs: String,
    /// The state.
    pub state: StateView,
    /// The data.
    pub data: DataView,
    /// The environment; `null` is the project's own.
    pub environment: Option<String>,
    /// Whether that environment records everything and delivers nothing.
    pub shadow: bool,
}

/// Which state.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StateView {
    /// What identifies it; empty before the first apply.
    pub lineage: String,
    /// Its serial.
    pub serial: u64,
}

/// Which data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DataView {
    /// What identifies the store.
    pub store: String,
    /// Its version.
    pub version: u64,
}

/// A plan in numbers. People are counted once for each audience.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CountsView {
    /// Audiences that are new.
    pub add: usize,
    /// Audiences whose test is replaced.
    pub replace: usize,
    /// Drafts that become active.
    pub activate: usize,
    /// Active audiences that become drafts.
    pub pause: usize,
    /// Audiences whose definition changes otherwise.
    pub change: usize,
    /// Audiences that get another address.
    pub rename: usize,
    /// Audiences that go.
    pub delete: usize,
    /// Audiences that only people enter or leave.
    pub refresh: usize,
    /// Audiences that stay exactly as they are.
    pub unchanged: usize,
    /// People who enter.
    pub enter: Figure,
    /// People who leave.
    pub leave: Figure,
    /// Connections that are sent something.
    pub deliveries: usize,
    /// Deliveries of earlier applies that are still to be made.
    pub pending: u64,
}

/// How much was evaluated.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct EvaluationView {
    /// Active audiences whose members were computed anew.
    pub evaluated: usize,
    /// Active audiences whose members still hold.
    pub reused: usize,
}

/// What happens to an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionView {
    /// It goes.
    Delete,
    /// It is new.
    Create,
    /// Its running test ends and starts anew.
    Replace,
    /// The draft becomes active.
    Activate,
    /// It becomes a draft.
    Pause,
    /// It gets another address.
    Rename,
    /// Its definition changes.
    Update,
    /// People enter or leave.
    Refresh,
}

/// One audience that anything happens to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChangeView {
    /// What happens.
    pub action: ActionView,
    /// Its address after the change; for a deletion, before it.
    pub address: String,
    /// The address that it had.
    pub renamed_from: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// The name that outputs see.
    pub external_name: Option<String>,
    /// The fields that differ, in the order of the language.
    pub fields: Vec<FieldView>,
    /// Who is in it.
    pub people: PeopleView,
    /// Whether it was a draft, or was not there, before; then nobody was in it.
    #[serde(skip)]
    pub was_draft: bool,
    /// The test that ends, where one is replaced.
    #[serde(skip)]
    pub replaced_test: Option<String>,
    /// The variants of its test after the change.
    pub variants: Vec<VariantView>,
    /// What each connection would be sent.
    pub connections: Vec<ConnectionView>,
    /// Why people enter and leave; `null` where that goes without saying.
    pub why: Option<WhyView>,
    /// What in the state was changed by other means, which the plan mends.
    pub drift: DriftView,
    /// Some of the people who enter or leave.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<SampleView>,
}

/// A field that differs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FieldView {
    /// The field, as the language calls it.
    pub field: String,
    /// As deployed; `null` where it is new.
    pub old: Option<String>,
    /// As written; `null` where it goes.
    pub new: Option<String>,
    /// How many bytes at the start of `new` say the same as `old`.
    #[serde(skip)]
    pub shared: usize,
    /// Where the new one was written: `audiences/lapsed.aud:9`.
    pub at: Option<String>,
}

/// Who is in something before and after.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PeopleView {
    /// How many before.
    pub before: Figure,
    /// How many after; `null` for what goes and for drafts.
    pub after: Option<Figure>,
    /// How many enter.
    pub adds: Figure,
    /// How many leave.
    pub drops: Figure,
}

/// One variant.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VariantView {
    /// Its name, or `control`.
    pub variant: String,
    /// Who is in it.
    pub people: PeopleView,
}

/// What happens to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionActionView {
    /// It begins: everybody is added.
    Connect,
    /// It ends: everybody is dropped.
    Disconnect,
    /// It stays and is sent the difference.
    Continue,
}

/// What becomes of the people downstream when their audience is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Downstream {
    /// A removal is sent for each of them.
    Removed,
    /// A message is sent, and the receiver has to act on it.
    Message,
    /// The output deletes the audience.
    Deleted,
    /// The output keeps the audience, and they stay in it.
    Stay,
    /// The attributes that stood for the audience are left as they are.
    AttributesStay,
}

/// One connection.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ConnectionView {
    /// Where it goes.
    pub output: String,
    /// The output's kind.
    pub kind: String,
    /// The same as people call it.
    #[serde(skip)]
    pub kind_title: String,
    /// The variant, or `control`; `null` for the whole audience.
    pub variant: Option<String>,
    /// The name that the output sees.
    pub downstream_name: String,
    /// What happens to it.
    pub action: ConnectionActionView,
    /// Who enters.
    pub adds: Figure,
    /// Who leaves.
    pub drops: Figure,
    /// Whom it carried before and goes on carrying.
    pub kept: Figure,
    /// How many identities of each type that the output accepts belong to those who enter or leave.
    pub identities: BTreeMap<String, Figure>,
    /// How many of them have none.
    pub unreachable: Figure,
    /// What becomes of the people downstream, where the audience is deleted.
    pub on_delete: Option<Downstream>,
}

/// Why people enter and leave. Everybody is counted once.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WhyView {
    /// By the edit.
    pub edit: MovesView,
    /// By new data.
    pub data: MovesView,
    /// By time passing.
    pub time: MovesView,
}

/// How many move.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct MovesView {
    /// Enter.
    pub adds: Figure,
    /// Leave.
    pub drops: Figure,
}

/// What in the state is not as it was applied.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct DriftView {
    /// The definition.
    pub definition: bool,
    /// The membership.
    pub members: bool,
}

/// Why one person moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CauseView {
    /// The edit.
    Edit,
    /// New data.
    Data,
    /// Time passing.
    Time,
}

/// Somebody who enters or leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SampleView {
    /// Who: redacted, unless it was asked for.
    pub user: String,
    /// Whether they enter; otherwise they leave.
    pub enters: bool,
    /// Why.
    pub cause: CauseView,
    /// The criterion that changed its answer about them.
    pub criterion: Option<String>,
}

/// What kind of check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// A guard: a limit on what a plan does to an audience.
    Guard,
    /// An assertion that nobody is in both of two audiences.
    Disjoint,
    /// An assertion that everybody in one audience is in another.
    Inside,
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictView {
    /// It holds.
    Holds,
    /// It does not, and the plan cannot be applied.
    Broken,
    /// It does not, and that was allowed.
    Allowed,
}

/// A guard or an assertion.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckView {
    /// What `--allow` calls it.
    pub name: String,
    /// Which kind.
    pub kind: CheckKind,
    /// What was asked for, as the language says it.
    pub limit: String,
    /// How many people enter, leave or are in it; of an assertion, how many break it.
    pub people: Figure,
    /// The same in per cent of the size before, where the limit is one and that was anybody.
    pub percent: Option<f64>,
    /// What came of it.
    pub verdict: VerdictView,
    /// Why it was allowed.
    pub reason: Option<String>,
    /// Where it was written.
    pub at: Option<String>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Takes the lock.
    Lock,
    /// An audience goes.
    Delete,
    /// An audience gets another address.
    Rename,
    /// A definition is written down.
    Define,
    /// A membership is written down.
    Members,
    /// All that was written down becomes the state.
    Commit,
    /// Deliveries of earlier applies are made.
    Pending,
    /// A connection is sent who enters and leaves.
    Deliver,
    /// Gives the lock back.
    Unlock,
}

/// One step of an apply.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StepView {
    /// What it does.
    pub step: StepKind,
    /// The audience.
    pub address: Option<String>,
    /// The output, and the variant behind ` / `.
    pub connection: Option<String>,
    /// Who enters.
    pub adds: Option<Figure>,
    /// Who leaves.
    pub drops: Option<Figure>,
    /// The rest in words.
    pub words: String,
}
