//! Where a state lies: a server, a database, a schema.
//!
//! In: a URL as PostgreSQL's own programs take it. Out: how to connect, and a name of the server to show, without user and password.

use std::sync::Arc;
use std::time::Duration;

use postgres::Config;
use postgres::config::{Host, SslMode};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::state::StateError;

/// How long we wait for a server to answer where the URL does not say.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a state lies.
pub(super) struct Target {
    pub(super) config: Config,
    /// Host, port and database, to be shown.
    pub(super) server: String,
    pub(super) schema: String,
}

impl Target {
    /// Reads a URL. Certificates are always verified where TLS is used, so that the modes which ask for that mean the same as `require`.
    pub(super) fn read(url: &str, schema: &str) -> Result<Self, StateError> {
        let url = url
            .trim()
            .replace("sslmode=verify-full", "sslmode=require")
            .replace("sslmode=verify-ca", "sslmode=require");
        // What is wrong with it may be a part of the password, so it is not repeated.
        let mut config: Config = url.parse().map_err(|_| {
            let like = "postgres://user:password@host:5432/database?sslmode=require";
            StateError::Unlocated(format!("the URL of its database cannot be read; it must be like {like}"))
        })?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("aud");
        }
        Ok(Self { server: server(&config), config, schema: schema.to_owned() })
    }

    /// The schema in quotes.
    pub(super) fn quoted_schema(&self) -> String {
        format!("\"{}\"", self.schema.replace('"', "\"\""))
    }

    /// What encrypts the connection; `None` where the URL asks for none.
    pub(super) fn tls(&self) -> Result<Option<MakeRustlsConnect>, StateError> {
        if self.config.get_ssl_mode() == SslMode::Disable {
            return Ok(None);
        }
        let mut roots = RootCertStore::empty();
        // Certificates that cannot be read are as good as absent: whatever needs them is refused.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| StateError::Database(Box::new(error)))?;
        Ok(Some(MakeRustlsConnect::new(builder.with_root_certificates(roots).with_no_client_auth())))
    }
}

fn server(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let database = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("{host}:{port}/{database}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_without_its_password() {
        let target = Target::read("postgres://ann:s3cret@db.example:6543/crm?sslmode=verify-full\n", "aud").unwrap();
        assert_eq!((&*target.server, target.config.get_ssl_mode()), ("db.example:6543/crm", SslMode::Require));
        assert!(target.tls().unwrap().is_some());
        let error = Target::read("postgres://ann:s3c ret@[/x?nonsense=s3cret", "aud").err().unwrap().to_string();
        assert!(error.contains("must be like") && !error.contains("s3c"), "{error}");
    }
}
