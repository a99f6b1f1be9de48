//! The lock: one row, taken and given back in transactions of their own.
//!
//! What always holds: a row is only ever replaced after it was removed, by its holder or by the explicit command; nobody
//! takes a lock over because its holder seems gone.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use uuid::Uuid;

use super::fault::Fault;
use crate::base::Timestamp;
use crate::state::{LockInfo, StateError};
use crate::system::System;

/// Who holds the lock, if anybody does.
pub(super) fn info(connection: &Connection) -> Result<Option<LockInfo>, Fault> {
    let sql = "SELECT id, user, host, pid, reason, since, heartbeat FROM lock";
    let row = connection.query_row(sql, [], |row| {
        let (user, host): (String, String) = (row.get(1)?, row.get(2)?);
        let pid: u32 = row.get(3)?;
        Ok(LockInfo {
            id: row.get(0)?,
            owner: format!("{user}@{host}"),
            pid,
            reason: row.get(4)?,
            since: Timestamp(row.get(5)?),
            heartbeat: Timestamp(row.get(6)?),
            dead: host == this_host() && is_gone(pid),
        })
    });
    Ok(row.optional()?)
}

/// Takes the lock, unless somebody holds it.
pub(super) fn take(connection: &Connection, system: &dyn System, reason: &str) -> Result<String, Fault> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    if let Some(holder) = info(&transaction)? {
        return Err(StateError::Locked(Box::new(holder)).into());
    }
    // Eight digits are enough to tell a lock from the ones before it, and can be typed.
    let id: String = Uuid::new_v4().simple().to_string().chars().take(8).collect();
    let user = ["USER", "USERNAME", "LOGNAME"].iter().find_map(|name| system.env(name));
    let user = user.unwrap_or_else(|| "somebody".to_owned());
    let now = system.now().ms();
    transaction.execute(
        "INSERT INTO lock (only, id, user, host, pid, reason, since, heartbeat) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?6)",
        (&id, user, this_host(), std::process::id(), reason, now),
    )?;
    transaction.commit()?;
    Ok(id)
}

/// Shows that the holder lives; fails where the lock is not held any more. Part of every transaction of the holder.
pub(super) fn hold(connection: &Connection, id: &str, now: Timestamp) -> Result<(), Fault> {
    let held = connection.execute("UPDATE lock SET heartbeat = ?2 WHERE id = ?1", (id, now.0))?;
    if held == 0 { Err(StateError::LockLost(id.to_owned()).into()) } else { Ok(()) }
}

/// Removes the lock of an id, and says whether it was there.
pub(super) fn remove(connection: &Connection, id: &str) -> Result<bool, Fault> {
    Ok(connection.execute("DELETE FROM lock WHERE id = ?1", [id])? > 0)
}

fn this_host() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// Whether no process of this machine has a number. A number that we may not ask about belongs to a living process.
#[cfg(unix)]
fn is_gone(pid: u32) -> bool {
    use rustix::process::{Pid, test_kill_process};
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_none_or(|pid| test_kill_process(pid) == Err(rustix::io::Errno::SRCH))
}

/// Elsewhere nobody is known to be gone.
#[cfg(not(unix))]
fn is_gone(_: u32) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_not_gone() {
        assert!(!is_gone(std::process::id()));
        // Beyond the largest number that Linux gives.
        assert!(is_gone(0x7fff_fff0) && is_gone(0));
    }
}
