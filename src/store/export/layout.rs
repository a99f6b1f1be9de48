//! The names of the columns of an export. Two facts never share one.

use crate::base::WorkspaceName;
use crate::catalog::{LocationField, ProfileField};

/// The MPID of a user's row, whatever the workspace.
pub(super) const MPID: &str = "mpid";
/// The MPID of an event's user.
pub(super) const USER: &str = "_mpid";
/// When an event happened.
pub(super) const TIME: &str = "_time";
/// The input that an event came through.
pub(super) const INPUT: &str = "_input";
/// The custom type of an event.
pub(super) const TYPE: &str = "_type";
/// The id of an event.
pub(super) const ID: &str = "_id";
/// What the rows of one event share that has several products.
pub(super) const GROUP: &str = "_group";

/// What the names of columns begin with that are no attributes of an event.
const RESERVED: [&str; 4] = ["_", ATTRIBUTE, ACTION, PRODUCT];
const ATTRIBUTE: &str = "attribute/";
const ACTION: &str = "action/";
const PRODUCT: &str = "product/";

/// A column of what one workspace knows of its users: no name of a workspace has a slash.
pub(super) fn of_workspace(workspace: &WorkspaceName, what: &str) -> String {
    format!("{workspace}/{what}")
}

/// The column of a field of a profile. A point has two, for latitude and longitude; this is the first.
pub(super) fn of_field(workspace: &WorkspaceName, field: &ProfileField) -> String {
    let what = match field {
        ProfileField::Attribute(name) => format!("attribute/{name}"),
        ProfileField::Calculated(name) => format!("calculated/{name}"),
        ProfileField::Consent(regulation, purpose) => format!("consent/{regulation}/{purpose}"),
        ProfileField::Device(field) => format!("device/{field}"),
        ProfileField::Location(LocationField::Point) => "location/latitude".to_owned(),
        ProfileField::Location(field) => format!("location/{field}"),
        ProfileField::Attribution(edge, None) => format!("attribution/{edge}"),
        ProfileField::Attribution(edge, Some(name)) => format!("attribution/{edge}/{name}"),
    };
    of_workspace(workspace, &what)
}

/// The column of an attribute of an event: its own name, unless that is taken.
pub(super) fn of_attribute(name: &str) -> String {
    match RESERVED.iter().any(|reserved| name.starts_with(reserved)) {
        true => format!("{ATTRIBUTE}{name}"),
        false => name.to_owned(),
    }
}

/// The column of an attribute of an event's action.
pub(super) fn of_action(name: &str) -> String {
    format!("{ACTION}{name}")
}

/// The column of an attribute of a product.
pub(super) fn of_product(name: &str) -> String {
    format!("{PRODUCT}{name}")
}
