//! Audience and defaults blocks.

use super::{Doc, Group, Literal};
use crate::base::{Moment, Name, Span, Spanned};

/// `defaults { … }`: for every audience of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Defaults {
    /// Its fields.
    pub fields: Vec<Spanned<Field>>,
    /// The whole item.
    pub span: Span,
}

/// `audience address "Name" { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Audience {
    /// Doc comment lines before it.
    pub docs: Vec<Doc>,
    /// Its address.
    pub address: Spanned<Name>,
    /// Its display name; left out, the address.
    pub name: Option<Spanned<String>>,
    /// Its fields.
    pub fields: Vec<Spanned<Field>>,
    /// The whole item.
    pub span: Span,
}

/// One field of an audience or of defaults. The span around it covers keyword and value.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// `workspace shop` or `workspaces shop, travel`.
    Workspaces(Vec<Spanned<Name>>),
    /// `inputs ios, shop.web`.
    Inputs(Vec<Spanned<InputRef>>),
    /// `tags "A", "B"`.
    Tags(Vec<Spanned<String>>),
    /// `external_name "…"`.
    ExternalName(Spanned<String>),
    /// `status active`.
    Status(Spanned<Status>),
    /// `access usable`.
    Access(Spanned<Access>),
    /// `protect true`.
    Protect(Spanned<bool>),
    /// `standard all`, `standard between 2025-06-01 and 2025-08-31`.
    Standard(Spanned<Standard>),
    /// `match { … }`.
    Match(Match),
    /// `split name { … }`.
    Split(Split),
    /// `connect output` or `connect output { … }`.
    Connect(Connect),
}

/// `ios` or `shop.ios`.
#[derive(Clone, Debug, PartialEq)]
pub struct InputRef {
    /// The workspace, where written.
    pub workspace: Option<Spanned<Name>>,
    /// The input.
    pub input: Spanned<Name>,
}

/// `draft` or `active`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Checked and shown, never evaluated.
    Draft,
    /// Evaluated and delivered.
    Active,
}

/// The events of an audience that is evaluated once (M23).
#[derive(Clone, Debug, PartialEq)]
pub enum Standard {
    /// All of them.
    All,
    /// From the first to the second, both inside.
    Between(Spanned<Moment>, Spanned<Moment>),
}

/// Who may see and use an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Invisible to others.
    Private,
    /// Visible, not connectable.
    ViewOnly,
    /// Visible and connectable.
    Usable,
}

/// `match { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// What stands between the braces; no terms and no excludes where nothing does.
    pub group: Group,
    /// The text between and including the braces.
    pub span: Span,
}

/// `split name { variant … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The test's name.
    pub name: Spanned<Name>,
    /// `salt "…"`, where given.
    pub salt: Option<Spanned<String>>,
    /// Its variants in the order written.
    pub variants: Vec<Variant>,
}

/// `variant push "Push message" 40%`.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name in code.
    pub name: Spanned<Name>,
    /// Its display name; left out, the name in code.
    pub title: Option<Spanned<String>>,
    /// Its share in per cent, as the number was written (whole or not, any size).
    pub share: Spanned<super::Number>,
    /// The whole line.
    pub span: Span,
}

/// `connect output { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Connect {
    /// The output.
    pub output: Spanned<Name>,
    /// `variant push`; left out, the whole audience.
    pub variant: Option<Spanned<Name>>,
    /// `status sending` (true) or `inactive` (false).
    pub sending: Option<Spanned<bool>>,
    /// `share "a", "b"`.
    pub share: Vec<Spanned<String>>,
    /// `with { key value … }`.
    pub settings: Vec<Setting>,
    /// Whether braces were written.
    pub has_block: bool,
}

/// One setting of a connection.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its key.
    pub key: Spanned<Name>,
    /// Its value.
    pub value: Spanned<SettingValue>,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    /// A text or number.
    Literal(Literal),
    /// `true` or `false`.
    Boolean(bool),
    /// `["a", "b"]`.
    List(Vec<Spanned<Literal>>),
}
