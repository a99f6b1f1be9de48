//! Audiences and what belongs to them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::criterion::Criterion;
use super::guard::{Assertion, Guard};
use crate::base::{Address, Duration, Fingerprint, InputName, Moment, Name, Origin, OutputName, WorkspaceName};

/// The version of the JSON form of these types. A change of form raises it.
pub const VERSION: u32 = 1;

/// Everything that a project defines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Model {
    /// The project's name.
    pub project: String,
    /// Audiences by address.
    pub audiences: BTreeMap<Address, Audience>,
    /// Renames, in the order of the addresses they come from.
    pub moves: Vec<Move>,
    /// What must hold of plans, in the order of the audiences that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Guard>,
    /// What must hold between memberships.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assertions: Vec<Assertion>,
    /// How far event criteria look back (M10); `None` is unlimited.
    pub event_retention: Option<Duration>,
    /// How long a profile lives after it was last seen (M12); `None` is unlimited.
    pub profile_retention: Option<Duration>,
}

/// `moved from to to`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Move {
    /// The address it had.
    pub from: Address,
    /// The address it has.
    pub to: Address,
}

/// One audience.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Audience {
    /// Its address.
    pub address: Address,
    /// Its display name.
    pub name: String,
    /// The name that outputs see.
    pub external_name: String,
    /// Its documentation, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Its workspaces; at least one. More than one makes a multi-workspace audience.
    pub workspaces: BTreeSet<WorkspaceName>,
    /// Its inputs.
    pub inputs: BTreeSet<InputName>,
    /// Its tags.
    pub tags: BTreeSet<String>,
    /// Draft or active.
    pub status: Status,
    /// Who may see and use it.
    pub access: Access,
    /// Whether a plan that would delete it is refused.
    pub protect: bool,
    /// Who is in it.
    pub criterion: Arc<Criterion>,
    /// Evaluated once, over which events; `None` is a real-time audience.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<Standard>,
    /// Its A/B test, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// Where it goes, in the order of variant and output.
    pub connections: Vec<Connection>,
    /// Where it was written.
    #[serde(skip)]
    pub origin: Origin,
}

/// Draft or active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Checked and shown, never evaluated.
    Draft,
    /// Evaluated and delivered.
    Active,
}

/// The events of a standard audience, which is evaluated once (M23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standard {
    /// All that there are.
    All,
    /// Those from the first to the second, both inside (M8).
    Between(Moment, Moment),
}

/// Who may see and use an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Invisible to others.
    Private,
    /// Visible, not connectable.
    ViewOnly,
    /// Visible and connectable.
    Usable,
}

/// An A/B test: variants in the order written; Control takes what they leave (M15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Split {
    /// The test's name.
    pub name: Name,
    /// The salt set by hand, if any; otherwise it is made at the first apply (M16).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// The variants besides Control. Shares are 1 to 100 and sum to at most 100.
    pub variants: Vec<Variant>,
}

/// One variant of a split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Variant {
    /// Its name in code.
    pub name: Name,
    /// Its display name.
    pub title: String,
    /// Its share in whole per cent.
    pub share: u8,
}

/// Which part of an audience a connection carries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VariantName {
    /// The whole audience.
    Whole,
    /// One variant.
    Variant(Name),
    /// Whoever no variant takes.
    Control,
}

/// Where an audience goes. Known by audience, variant and output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Connection {
    /// Which part of the audience.
    pub variant: VariantName,
    /// The output.
    pub output: OutputName,
    /// Sending or not.
    pub status: ConnectionStatus,
    /// User attributes that go along.
    pub share: BTreeSet<String>,
    /// Settings of that output for this connection.
    pub settings: BTreeMap<String, serde_json::Value>,
    /// Where it was written.
    #[serde(skip)]
    pub origin: Origin,
}

/// Whether a connection sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// Changes are sent.
    Sending,
    /// Nothing is sent.
    Inactive,
}

impl Audience {
    /// The fingerprint of the whole definition: equal exactly where the definitions mean and say the same.
    pub fn fingerprint(&self) -> Fingerprint {
        // Maps and sets are ordered and floats finite, so this form is canonical and cannot fail.
        Fingerprint::of(serde_json::to_vec(self).unwrap_or_default())
    }

    /// The variant's name as outputs see it: `[External Name] - [Variant Name]` (M15), or the external name itself.
    pub fn downstream_name(&self, variant: &VariantName) -> String {
        match variant {
            VariantName::Whole => self.external_name.clone(),
            VariantName::Control => format!("{} - Control", self.external_name),
            VariantName::Variant(name) => {
                let variants = self.split.iter().flat_map(|split| &split.variants);
                let title = variants.into_iter().find(|each| each.name == *name).map_or(name.as_str(), |v| &v.title);
                format!("{} - {title}", self.external_name)
            }
        }
    }

    /// The addresses of the audiences that it nests.
    pub fn nested(&self) -> BTreeSet<&Address> {
        let mut nested = BTreeSet::new();
        self.criterion.visit(&mut |criterion| {
            if let super::Kind::Member(address) = &criterion.kind {
                nested.insert(address);
            }
        });
        nested
    }
}

impl Split {
    /// Control's share in whole per cent.
    pub fn control_share(&self) -> u8 {
        let taken: u32 = self.variants.iter().map(|variant| u32::from(variant.share)).sum();
        100u32.saturating_sub(taken) as u8
    }

    /// The variants in bucket order, Control last.
    pub fn names(&self) -> impl Iterator<Item = VariantName> {
        let variants = self.variants.iter().map(|variant| VariantName::Variant(variant.name.clone()));
        variants.chain(std::iter::once(VariantName::Control))
    }
}

impl fmt::Display for Standard {
    /// As the language writes it after `standard`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Between(from, to) => write!(f, "between {from} and {to}"),
        }
    }
}

impl fmt::Display for VariantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("whole audience"),
            Self::Variant(name) => name.fmt(f),
            Self::Control => f.write_str("control"),
        }
    }
}

impl Status {
    /// The word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
        }
    }
}

impl Access {
    /// The word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::ViewOnly => "view_only",
            Self::Usable => "usable",
        }
    }
}

impl ConnectionStatus {
    /// The word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Inactive => "inactive",
        }
    }
}
