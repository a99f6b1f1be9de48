//! Why one user is in an audience, or is not.

use super::audiences::{draft, find_audience};
use super::{Workbench, WorkbenchError};
use crate::base::{Mpid, Now, SourceMap, suggest};
use crate::catalog::IdentityType;
use crate::explain::{Explanation, Question, explain};
use crate::ir::Status;
use crate::store::Store;

/// An explanation, with the texts that its criteria come from.
#[derive(Debug)]
pub struct Explained {
    /// The explanation.
    pub explanation: Explanation,
    /// The texts.
    pub sources: SourceMap,
}

impl Workbench {
    /// Explains the membership of one user in one audience, evaluated as written. The user is an MPID, or an identity with
    /// its type: `email:ann@example.com`.
    ///
    /// # Errors
    /// Definitions with errors, unreadable data, an unknown user, identity type or audience, a draft, somebody who is half forgotten.
    pub fn explain(&self, user: &str, audience: &str, now: Now) -> Result<Explained, WorkbenchError> {
        let defined = self.defined()?;
        self.must_not_be_forgetting(&defined.project)?;
        let audience = find_audience(&defined, audience)?;
        if audience.status == Status::Draft {
            return Err(draft(audience));
        }
        let row = find_user(&defined.store, user)?;
        let stored = self.stored(&defined)?.0;
        let stored = stored.into_iter().map(|(address, members)| (address, members.contains(row))).collect();
        let question = Question {
            model: &defined.model,
            store: &defined.store,
            row,
            audience: &audience.address,
            now,
            stored: &stored,
        };
        let explanation = explain(&question).ok_or_else(|| nobody(user))?;
        defined.store.ensure_whole()?;
        Ok(Explained { explanation, sources: defined.sources })
    }
}

/// The row of a user. Says what is wrong without giving anybody's data away.
pub(super) fn find_user(store: &Store, user: &str) -> Result<u32, WorkbenchError> {
    if let Ok(mpid) = user.parse() {
        return store.row(Mpid(mpid)).ok_or_else(|| nobody(user));
    }
    let Some((identity, value)) = user.split_once(':') else {
        return Err(WorkbenchError::Unknown(
            "the user is neither an MPID nor an identity with its type, such as email:ann@example.com".to_owned(),
        ));
    };
    let identity = identity_type(identity)?;
    match store.rows_of(identity, value).as_slice() {
        [] => Err(nobody(user)),
        [row] => Ok(*row),
        several => Err(WorkbenchError::Unknown(format!(
            "{} users have an {identity} that differs only in case; name one by MPID",
            several.len()
        ))),
    }
}

/// The type of a name.
pub(super) fn identity_type(name: &str) -> Result<IdentityType, WorkbenchError> {
    name.parse().map_err(|_| {
        let hint = suggest::hint(name, IdentityType::ALL.iter().map(|(name, _)| *name));
        WorkbenchError::Unknown(format!("`{name}` is no identity type{hint}"))
    })
}

fn nobody(user: &str) -> WorkbenchError {
    WorkbenchError::Unknown(format!("no user `{user}` in the data"))
}
