//! PostgreSQL's errors, and what they mean for a state. None of them repeats what was sent, which may be about people or secret.

use std::error::Error as _;

use postgres::Error;

use crate::state::StateError;

/// When an error came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// Before the transaction was to be made permanent.
    Before,
    /// While it was made permanent.
    Commit,
}

/// What an error inside a transaction means.
pub(super) fn meaning(error: &Error, server: &str, moment: Moment) -> StateError {
    let server = server.to_owned();
    let Some(told) = error.as_db_error() else {
        return match (is_lost(error), moment) {
            (true, Moment::Commit) => StateError::LostAtCommit(server),
            (true, Moment::Before) => StateError::Lost(server),
            (false, _) => failed(server, innermost(error)),
        };
    };
    let message = told.message().to_owned();
    match told.code().code() {
        // The server ends the connection, in words: a transaction that it had not finished is rolled back.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => StateError::Lost(server),
        "55P03" | "57014" | "40001" | "40P01" => StateError::BusyServer(server),
        "25006" => StateError::ReplicaOnly(server),
        "42501" | "3D000" => StateError::Unauthorized { server, why: message },
        "42P01" | "42703" | "XX001" | "XX002" => StateError::Damaged(message),
        code if code.starts_with("28") => StateError::Unauthorized { server, why: message },
        code if code.starts_with("08") && moment == Moment::Commit => StateError::LostAtCommit(server),
        code if code.starts_with("08") => StateError::Lost(server),
        code if code.starts_with("23") || code == "22021" => StateError::Unfit(message),
        _ => failed(server, message),
    }
}

/// What an attempt to connect ended with.
pub(super) fn of_connecting(error: &Error, server: &str) -> StateError {
    let server = server.to_owned();
    let Some(told) = error.as_db_error() else {
        return StateError::Unreachable { server, why: innermost(error) };
    };
    let (code, why) = (told.code().code(), told.message().to_owned());
    match code {
        "3D000" | "42501" => StateError::Unauthorized { server, why },
        code if code.starts_with("28") => StateError::Unauthorized { server, why },
        _ => StateError::Unreachable { server, why },
    }
}

/// Whether there is no connection any more.
fn is_lost(error: &Error) -> bool {
    error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>())
}

fn innermost(error: &Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

fn failed(server: String, message: String) -> StateError {
    StateError::Database(Box::new(AtServer { server, message }))
}

/// The database's error with the server that it is about.
#[derive(Debug, thiserror::Error)]
#[error("{server}: {message}")]
struct AtServer {
    server: String,
    message: String,
}
