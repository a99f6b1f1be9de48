//! A way to a server that is cut while somebody uses it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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
    pub(super) port: u16,
    pieces: Arc<AtomicU64>,
}

impl Proxy {
    /// A way to a server on this machine.
    pub(super) fn to(server: u16, cut: Cut) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let pieces = Arc::new(AtomicU64::new(0));
        let counted = pieces.clone();
        // It lives as long as the test's process; a thread that waits does no harm.
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { return };
                connect(client, server, cut, &counted);
            }
        });
        Self { port, pieces }
    }

    /// How many pieces the client sent.
    pub(super) fn pieces(&self) -> u64 {
        self.pieces.load(Ordering::SeqCst)
    }
}

fn connect(client: TcpStream, server: TcpStream, cut: Cut, pieces: &Arc<AtomicU64>) {
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let (mut from_client, mut to_client) = (client.try_clone().unwrap(), client);
    let (mut from_server, mut to_server) = (server.try_clone().unwrap(), server);
    let pieces = pieces.clone();
    let answered = pieces.clone();
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
        let _ = to_server.shutdown(Shutdown::Both);
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
        let _ = from_server.shutdown(Shutdown::Both);
    });
}
