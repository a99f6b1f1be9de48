//! A way to a PostgreSQL server that is cut while somebody uses it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use postgres::config::{Config, Host};

/// Where the way is cut, counted in pieces that the client sends, over all its connections.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    /// The piece does not arrive.
    Before(u64),
    /// It arrives, and no answer comes back: the client cannot know what was done.
    After(u64),
    /// Nowhere.
    Never,
}

/// Passes on what a client and a server say to each other, up to the cut; from then on nothing, and nobody new.
pub(super) struct Proxy {
    /// The server, by way of this.
    pub(super) url: String,
    pieces: Arc<AtomicU64>,
}

/// A connection to the server, as its URL says.
enum Server {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Server {
    fn connect(config: &Config) -> io::Result<Self> {
        let port = config.get_ports().first().copied().unwrap_or(5432);
        Ok(match config.get_hosts().first() {
            Some(Host::Unix(folder)) => Self::Unix(UnixStream::connect(folder.join(format!(".s.PGSQL.{port}")))?),
            Some(Host::Tcp(host)) if host.starts_with('/') => {
                Self::Unix(UnixStream::connect(PathBuf::from(host).join(format!(".s.PGSQL.{port}")))?)
            }
            Some(Host::Tcp(host)) => Self::Tcp(TcpStream::connect((host.as_str(), port))?),
            None => Self::Tcp(TcpStream::connect(("127.0.0.1", port))?),
        })
    }

    fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Tcp(stream) => Self::Tcp(stream.try_clone()?),
            Self::Unix(stream) => Self::Unix(stream.try_clone()?),
        })
    }

    fn close(&self) {
        let _ = match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
        };
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(into),
            Self::Unix(stream) => stream.read(into),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.write_all(bytes),
            Self::Unix(stream) => stream.write_all(bytes),
        }
    }
}

impl Proxy {
    /// A way to the server of a URL, for a user without a password.
    pub(super) fn to(url: &str, cut: Cut) -> Self {
        let config: Config = url.parse().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (user, database) = (config.get_user().unwrap(), config.get_dbname().unwrap());
        let url = format!("postgres://{user}@127.0.0.1:{port}/{database}?sslmode=disable");
        let pieces = Arc::new(AtomicU64::new(0));
        let counted = pieces.clone();
        // It lives as long as the test's process; a thread that waits does no harm.
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = Server::connect(&config) else { return };
                connect(client, server, cut, &counted);
            }
        });
        Self { url, pieces }
    }

    /// How many pieces the client sent.
    pub(super) fn pieces(&self) -> u64 {
        self.pieces.load(Ordering::SeqCst)
    }
}

fn connect(client: TcpStream, server: Server, cut: Cut, pieces: &Arc<AtomicU64>) {
    let _ = client.set_nodelay(true);
    let (mut from_client, mut to_client) = (client.try_clone().unwrap(), client);
    let (mut from_server, mut to_server) = (server.try_clone().unwrap(), server);
    let (pieces, answered) = (pieces.clone(), pieces.clone());
    std::thread::spawn(move || {
        let mut piece = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from_client.read(&mut piece) {
            let number = pieces.fetch_add(1, Ordering::SeqCst) + 1;
            let arrives = match cut {
                Cut::Before(at) => number < at,
                Cut::After(at) => number <= at,
                Cut::Never => true,
            };
            if !arrives || to_server.write_all(&piece[..length]).is_err() {
                break;
            }
        }
        to_server.close();
        let _ = from_client.shutdown(Shutdown::Both);
    });
    std::thread::spawn(move || {
        let mut piece = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from_server.read(&mut piece) {
            let is_cut = matches!(cut, Cut::After(at) if answered.load(Ordering::SeqCst) >= at);
            if is_cut || to_client.write_all(&piece[..length]).is_err() {
                break;
            }
        }
        let _ = to_client.shutdown(Shutdown::Both);
        from_server.close();
    });
}
