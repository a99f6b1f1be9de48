//! The lock: one row, taken and given back in transactions of their own.
//!
//! What always holds: a row is only ever replaced after it was removed, by its holder or by the explicit command; nobody
//! takes a lock over because its holder seems gone, and no clock decides anything.

use uuid::Uuid;

use super::Database;
use crate::base::Timestamp;
use crate::state::{LockInfo, StateError};
use crate::system::System;

/// Who holds the lock, if anybody does; `now` is this machine's.
pub(super) fn info(db: &dyn Database, now: Timestamp) -> Result<Option<LockInfo>, StateError> {
    let sql = "SELECT id, \"user\", host, pid, reason, since, heartbeat FROM lock";
    let Some(row) = db.first(sql, &[])? else { return Ok(None) };
    let (host, pid, heartbeat) = (row.text(2)?, row.small(3)?, row.time(6)?);
    Ok(Some(LockInfo {
        id: row.string(0)?,
        owner: format!("{}@{host}", row.text(1)?),
        pid,
        reason: row.string(4)?,
        since: row.time(5)?,
        heartbeat,
        silent_ms: now.0.saturating_sub(heartbeat.0),
        dead: host == this_host() && is_gone(pid),
    }))
}

/// Takes the lock, unless somebody holds it.
pub(super) fn take(db: &dyn Database, system: &dyn System, reason: &str) -> Result<String, StateError> {
    let now = system.now().0;
    if let Some(holder) = info(db, now)? {
        return Err(StateError::Locked(Box::new(holder)));
    }
    // Eight digits are enough to tell a lock from the ones before it, and can be typed.
    let id: String = Uuid::new_v4().simple().to_string().chars().take(8).collect();
    let user = ["USER", "USERNAME", "LOGNAME"].iter().find_map(|name| system.env(name));
    let user = user.unwrap_or_else(|| "somebody".to_owned());
    let host = this_host();
    db.execute(
        "INSERT INTO lock (\"only\", id, \"user\", host, pid, reason, since, heartbeat)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?6)",
        &[(&id).into(), (&user).into(), (&host).into(), std::process::id().into(), reason.into(), now.into()],
    )?;
    Ok(id)
}

/// Shows that the holder lives; fails where the lock is not held any more. Part of every transaction of the holder.
pub(super) fn hold(db: &dyn Database, id: &str, now: Timestamp) -> Result<(), StateError> {
    let held = db.execute("UPDATE lock SET heartbeat = ?2 WHERE id = ?1", &[id.into(), now.into()])?;
    if held == 0 { Err(StateError::LockLost(id.to_owned())) } else { Ok(()) }
}

/// Removes the lock of an id, and says whether it was there.
pub(super) fn remove(db: &dyn Database, id: &str) -> Result<bool, StateError> {
    Ok(db.execute("DELETE FROM lock WHERE id = ?1", &[id.into()])? > 0)
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
