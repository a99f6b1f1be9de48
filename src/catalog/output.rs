//! Descriptions of output kinds as data: settings, identities, what a deletion does. Behaviour is in `outputs`.

use super::identity_type::IdentityType;

/// What a setting takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingType {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
}

impl SettingType {
    /// As messages name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Integer => "a whole number",
            Self::Boolean => "true or false",
        }
    }
}

/// One setting of an output or of a connection to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Setting {
    /// The key.
    pub name: &'static str,
    /// What it takes.
    pub takes: SettingType,
    /// Whether it must be given.
    pub required: bool,
    /// What it does, in a sentence.
    pub doc: &'static str,
}

/// What happens downstream when an audience is deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeleteBehaviour {
    /// A removal is sent for each member, and the receiver handles it.
    SendsRemovals,
    /// One message says that the audience is gone, and the receiver has to handle it.
    SendsMessage,
    /// The audience downstream is deleted.
    DeletesAudience,
    /// The audience downstream stays, with everybody in it.
    KeepsAudience,
    /// The attributes that stood for the audience stay on everybody.
    KeepsAttributes,
}

/// One kind of output.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OutputKind {
    /// The name under `kind` in the project file.
    pub name: &'static str,
    /// As people call it.
    pub title: &'static str,
    /// Settings of a configured output.
    pub settings: &'static [Setting],
    /// Secrets of a configured output, given as references; `takes` is always text.
    pub secrets: &'static [Setting],
    /// Settings of a connection (`with { … }`).
    pub connection_settings: &'static [Setting],
    /// The identity types that it accepts; `None` for all of them.
    pub identities: Option<&'static [IdentityType]>,
    /// Whether user attributes can be shared with it.
    pub shares_attributes: bool,
    /// What a deletion does.
    pub on_delete: DeleteBehaviour,
}

const FILE: OutputKind = OutputKind {
    name: "file",
    title: "File",
    settings: &[Setting {
        name: "path",
        takes: SettingType::Text,
        required: true,
        doc: "Folder that receives the files; relative to the project.",
    }],
    secrets: &[],
    connection_settings: &[],
    identities: None,
    shares_attributes: false,
    on_delete: DeleteBehaviour::SendsRemovals,
};

impl OutputKind {
    /// Every kind that this build can deliver to.
    pub const ALL: &'static [Self] = &[FILE];

    /// The kind of a name.
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|kind| kind.name == name)
    }

    /// Whether it accepts a type of identity.
    pub fn accepts(&self, identity: IdentityType) -> bool {
        self.identities.is_none_or(|accepted| accepted.contains(&identity))
    }
}
