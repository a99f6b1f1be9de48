//! Sources of data: which files, and how a row of them is a profile or an event.
//!
//! In: what the decoder accepted. Out: what `aud import` follows. Columns are named here and looked for when a file is
//! opened.

use chrono::FixedOffset;

use crate::base::InputName;
use crate::catalog::{
    CustomEventType, DeviceField, EventKey, EventKind, IdentityType, InstallEdge, LocationField, Regulation,
};

/// One source of data: some files of one format and how to read a row.
#[derive(Clone, Debug, PartialEq)]
pub struct DataSource {
    /// Its name.
    pub name: String,
    /// The input that its rows come from.
    pub input: InputName,
    /// A path or pattern of files, as written; relative to the project folder.
    pub files: String,
    /// The format of the files.
    pub format: Format,
    /// Whether batches of the environment `development` count (M26); of [`Format::Mparticle`] only.
    pub development: bool,
    /// The column that holds the MPID, where one does: it decides whose the row is.
    pub mpid: Option<String>,
    /// Identity types and the columns that hold them; none where batches say it themselves.
    pub identities: Vec<(IdentityType, String)>,
    /// How a row is an event; `None` for sources of profiles.
    pub event: Option<EventMapping>,
    /// What a row says of its user's profile.
    pub profile: ProfileMapping,
    /// When a row of a source without events was true; `None`: the file's own time of change.
    pub seen: Option<TimeMapping>,
}

/// File formats that `aud import` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header line.
    Csv,
    /// One JSON object a line; its keys are the columns.
    Ndjson,
    /// Parquet.
    Parquet,
    /// Arrow IPC, as a file or as a stream.
    Arrow,
    /// Batches of the platform's events API: one, an array of them, or one a line.
    Mparticle,
}

/// What a row says of its user's profile: of two rows the one with the later time, at equal times the later row. An empty
/// cell says nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileMapping {
    /// User attributes by name.
    pub user_attributes: Vec<ValueMapping>,
    /// Calculated attributes by name.
    pub calculated: Vec<ValueMapping>,
    /// Consent, by purpose: the column says `true` or `false`.
    pub consent: Vec<(Regulation, NamedColumn)>,
    /// What is known of a device.
    pub device: Vec<(DeviceField, String)>,
    /// Where the user was.
    pub location: LocationMapping,
    /// Attributions of installs and uninstalls, with their fields.
    pub attribution: Vec<(InstallEdge, Vec<NamedColumn>)>,
}

/// The column that holds a value, and how to read it.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueMapping {
    /// The name of the value.
    pub name: String,
    /// The column.
    pub column: String,
    /// What stands between the entries of a list; `None`: the cell is one value.
    pub split: Option<String>,
}

/// A name in the data and the column that holds its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedColumn {
    /// The name.
    pub name: String,
    /// The column.
    pub column: String,
}

/// The columns that say where a user was. A row with any of them replaces all that was known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LocationMapping {
    /// City, state and the like.
    pub fields: Vec<(LocationField, String)>,
    /// Latitude and longitude in degrees.
    pub point: Option<(String, String)>,
}

/// How a row is an event.
#[derive(Clone, Debug, PartialEq)]
pub struct EventMapping {
    /// Its kind and name.
    pub name: NameMapping,
    /// Its custom type.
    pub event_type: CustomEventType,
    /// Its time.
    pub time: TimeMapping,
    /// What tells it from others.
    pub id: EventId,
    /// Its attributes.
    pub attributes: Vec<NamedColumn>,
    /// The attributes of its action.
    pub action: Vec<NamedColumn>,
    /// The attributes of the product that the row is about.
    pub product: Vec<NamedColumn>,
}

/// What tells an event from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventId {
    /// Nothing: every row is an event.
    None,
    /// This column: of a user's rows with one id the first counts (M20).
    Column(String),
    /// This column: a user's rows of one event name with one id are one event, each with a product of it. The first row says
    /// what is not said of products.
    Group(String),
}

/// Where an event's kind and name come from.
#[derive(Clone, Debug, PartialEq)]
pub enum NameMapping {
    /// Always this one.
    Constant(EventKey),
    /// A kind, and the name that a column says.
    Column(EventKind, String),
    /// One of two, by a test of the row.
    When {
        /// The column that is tested.
        column: String,
        /// The wildcard that it must match (M2).
        matches: String,
        /// The event where it does.
        then: EventKey,
        /// The event where it does not.
        otherwise: EventKey,
    },
}

/// Where a time comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeMapping {
    /// The column.
    pub column: String,
    /// chrono's format; `None`: the forms of rule M5.
    pub format: Option<String>,
    /// The offset from UTC of times that do not say their own.
    pub offset: FixedOffset,
}
