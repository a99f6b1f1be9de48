//! One connection, and statements inside its transactions.

use std::cell::RefCell;
use std::collections::HashMap;

use postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use postgres::{Client, NoTls, Statement};

use super::fault::{self, Moment};
use super::target::Target;
use crate::state::StateError;
use crate::state::sql::{Database, Param, Row, Value};

/// How a transaction that reads begins: it sees one instant.
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// How one that writes begins: it sees what was committed when it gets its turn, waits no longer than that, and is durable.
const WRITE: &str = "BEGIN; SET LOCAL lock_timeout = '15s'; SET LOCAL synchronous_commit = on";

/// A connection.
pub(super) struct Session {
    pub(super) client: Client,
    statements: HashMap<String, Statement>,
    /// Whether the schema is known to be there in the format of this build.
    pub(super) is_ready: bool,
}

impl Session {
    /// Connects to the server.
    pub(super) fn connect(target: &Target) -> Result<Self, StateError> {
        let connected = match target.tls()? {
            Some(tls) => target.config.connect(tls),
            None => target.config.connect(NoTls),
        };
        let client = connected.map_err(|error| fault::of_connecting(&error, &target.server))?;
        Ok(Self { client, statements: HashMap::new(), is_ready: false })
    }

    /// Begins a transaction in the schema. One that writes waits until it is the only one.
    pub(super) fn begin(&mut self, target: &Target, writes: bool) -> Result<(), StateError> {
        let begin = if writes { WRITE } else { READ };
        let (schema, turn) = (target.quoted_schema(), if writes { "SELECT serial FROM head FOR UPDATE" } else { "" });
        let all = format!("{begin}; SET LOCAL statement_timeout = '10min'; SET LOCAL search_path TO {schema}; {turn}");
        self.batch(target, &all, Moment::Before).inspect_err(|_| {
            self.roll_back();
        })
    }

    /// Runs statements that give nothing back.
    pub(super) fn batch(&mut self, target: &Target, sql: &str, moment: Moment) -> Result<(), StateError> {
        self.client.batch_execute(sql).map_err(|error| fault::meaning(&error, &target.server, moment))
    }

    /// Makes everything permanent.
    pub(super) fn commit(&mut self, target: &Target) -> Result<(), StateError> {
        self.batch(target, "COMMIT", Moment::Commit)
    }

    /// Takes everything back, and says whether the session can be used again.
    pub(super) fn roll_back(&mut self) -> bool {
        !self.client.is_closed() && self.client.batch_execute("ROLLBACK").is_ok()
    }

    fn statement(&mut self, sql: &str) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(&numbered(sql))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// The same statement with `$1` for `?1`. No text in a statement holds a question mark.
fn numbered(sql: &str) -> String {
    sql.replace('?', "$")
}

/// A session inside a transaction.
pub(super) struct Open<'a> {
    session: RefCell<&'a mut Session>,
    target: &'a Target,
}

impl<'a> Open<'a> {
    pub(super) fn new(session: &'a mut Session, target: &'a Target) -> Self {
        Self { session: RefCell::new(session), target }
    }

    fn meaning(&self, error: &postgres::Error) -> StateError {
        fault::meaning(error, &self.target.server, Moment::Before)
    }
}

fn parameters<'p>(values: &'p [Param<'p>]) -> Vec<&'p (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

impl Database for Open<'_> {
    fn execute(&self, sql: &str, values: &[Param<'_>]) -> Result<u64, StateError> {
        let mut session = self.session.borrow_mut();
        let statement = session.statement(sql).map_err(|error| self.meaning(&error))?;
        session.client.execute(&statement, &parameters(values)).map_err(|error| self.meaning(&error))
    }

    fn query(&self, sql: &str, values: &[Param<'_>]) -> Result<Vec<Row>, StateError> {
        let mut session = self.session.borrow_mut();
        let statement = session.statement(sql).map_err(|error| self.meaning(&error))?;
        let rows = session.client.query(&statement, &parameters(values)).map_err(|error| self.meaning(&error))?;
        let read = |row: &postgres::Row| (0..row.len()).map(|column| value(row, column)).collect::<Result<_, _>>();
        rows.iter().map(|row| read(row).map(Row).map_err(|error| self.meaning(&error))).collect()
    }
}

/// A value; what no column of a state holds is left to whoever asks for it to refuse.
fn value(row: &postgres::Row, column: usize) -> Result<Value, postgres::Error> {
    let of = |kind: Option<&Type>| kind.cloned().unwrap_or(Type::UNKNOWN);
    Ok(match of(row.columns().get(column).map(postgres::Column::type_)) {
        Type::INT8 => row.try_get::<_, Option<i64>>(column)?.map_or(Value::Null, Value::Int),
        Type::INT4 => row.try_get::<_, Option<i32>>(column)?.map_or(Value::Null, |number| Value::Int(number.into())),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(column)?.map_or(Value::Null, Value::Blob),
        _ => row.try_get::<_, Option<String>>(column)?.map_or(Value::Null, Value::Text),
    })
}

impl ToSql for Param<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Self::Int(number) if *kind == Type::INT8 => number.to_sql(kind, out),
            Self::Text(text) if <&str as ToSql>::accepts(kind) => text.to_sql(kind, out),
            Self::Blob(bytes) if *kind == Type::BYTEA => bytes.to_sql(kind, out),
            _ => Err(format!("a value does not fit the type {kind}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
