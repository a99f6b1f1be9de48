//! A real PostgreSQL for tests.
//!
//! [`fresh`] gives a URL and the name of a schema that no other test has, or `None`, having said so on standard error, where this machine
//! has no PostgreSQL: the test then returns. With `CI` set that is a failure instead. The server is the one of `AUD_POSTGRES_URL`
//! (`.ci/postgres` starts one), or else one that is started once for this test process, in a folder of its own, reached by a socket in
//! it, and gone with the process. A project uses it with:
//!
//! ```yaml
//! state: { backend: postgres, url: { env: AUD_STATE_URL }, schema: NAME }
//! ```
//!
//! where the environment variable holds [`Database::url`]. [`Database::sql`] writes behind a state's back.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

/// A schema of a server, which goes when this is dropped.
pub(crate) struct Database {
    /// The server's URL.
    pub(crate) url: String,
    /// A schema that does not exist yet.
    pub(crate) schema: String,
}

impl Database {
    /// The URL with one more parameter, such as `user=somebody`.
    pub(crate) fn url_with(&self, parameter: &str) -> String {
        let between = match (self.url.contains("://"), self.url.contains('?')) {
            (false, _) => ' ',
            (true, false) => '?',
            (true, true) => '&',
        };
        format!("{}{between}{parameter}", self.url)
    }

    /// Runs statements in the schema, behind the back of any state.
    pub(crate) fn sql(&self, statements: &str) {
        self.connect().batch_execute(statements).unwrap();
    }

    /// A connection that sees the schema's tables.
    pub(crate) fn connect(&self) -> postgres::Client {
        let mut client = postgres::Client::connect(&self.url, postgres::NoTls).unwrap();
        client.batch_execute(&format!("SET search_path TO \"{}\"", self.schema)).unwrap();
        client
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Ok(mut client) = postgres::Client::connect(&self.url, postgres::NoTls) {
            let _ = client.batch_execute(&format!("DROP SCHEMA IF EXISTS \"{}\" CASCADE", self.schema));
        }
    }
}

/// A schema of one's own; `None` where there is no server.
pub(crate) fn fresh() -> Option<Database> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Some(url) = &*SERVER else {
        assert!(std::env::var("CI").is_err(), "there is no PostgreSQL, and CI must have one: see .ci/postgres");
        println!("skipped: this machine has no PostgreSQL");
        return None;
    };
    let schema = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    Some(Database { url: url.clone(), schema })
}

/// The URL of the server that all tests of this process share.
static SERVER: LazyLock<Option<String>> =
    LazyLock::new(|| std::env::var("AUD_POSTGRES_URL").ok().filter(|url| !url.is_empty()).or_else(start));

/// The server that this process started; it ends with the process, see [`start`].
static STARTED: Mutex<Option<Child>> = Mutex::new(None);

/// Where Debian and others put the programs of a server.
fn program(name: &str) -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders.into_iter().rev().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// A command that does not run as root, which a server refuses to.
fn unprivileged(program: &Path) -> Command {
    let is_root = rustix_is_root();
    let mut command = Command::new(if is_root { Path::new("setpriv") } else { program });
    if is_root {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    }
    command.stdout(Stdio::null()).stderr(Stdio::null()).env("LC_ALL", "C").current_dir("/");
    command
}

fn rustix_is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|run| run.stdout.starts_with(b"0\n"))
}

fn start() -> Option<String> {
    let (initdb, postgres) = (program("initdb")?, program("postgres")?);
    let folder = tempfile::Builder::new().prefix("aud-pg-").tempdir().unwrap().keep();
    if rustix_is_root() && !Command::new("chown").arg("postgres").arg(&folder).status().unwrap().success() {
        return None;
    }
    let data = folder.join("data");
    let made =
        unprivileged(&initdb).args(["-U", "aud", "-A", "trust", "-E", "UTF8", "--no-sync", "-D"]).arg(&data).status();
    made.ok().filter(|status| status.success())?;
    let server = unprivileged(&postgres)
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(&folder)
        .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"])
        .spawn()
        .ok()?;
    let pid = server.id();
    *STARTED.lock().unwrap() = Some(server);
    // Statics are not dropped: a child of its own waits for this process to end, then stops the server and removes its folder.
    let watch = format!(
        "while kill -0 {} 2>/dev/null; do sleep 0.2; done; kill -INT {pid}; sleep 1; kill -KILL {pid} 2>/dev/null; rm -rf '{}'",
        std::process::id(),
        folder.display()
    );
    Command::new("setsid").args(["sh", "-c", &watch]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
    let url = format!("host={} user=aud dbname=postgres sslmode=disable", folder.display());
    for _ in 0..200 {
        if postgres::Client::connect(&url, postgres::NoTls).is_ok() {
            return Some(url);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    None
}
