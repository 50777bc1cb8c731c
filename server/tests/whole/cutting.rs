//! A line between Latchkey and Postgres that breaks at the one moment nobody can arrange otherwise: a commit of the writer.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// Where the line breaks, once.
#[derive(Clone, Copy)]
pub(crate) enum At {
    /// Before the server hears of the commit.
    Asking = 1,
    /// When the server has done it, and before anybody hears that.
    Answering = 2,
}

/// The line.
pub(crate) struct Cut {
    url: String,
    next: Arc<AtomicU8>,
}

impl Cut {
    /// To the Postgres of an address.
    pub(crate) fn to(postgres: &str) -> Self {
        let mut url = url::Url::parse(postgres).expect("a Postgres address");
        let there = format!("{}:{}", url.host_str().expect("a host"), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(listener.local_addr().expect("an address").port())).expect("a port");
        let next = Arc::new(AtomicU8::new(0));
        let told = next.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&there) else { continue };
                carry(client, server, told.clone());
            }
        });
        Self { url: url.into(), next }
    }

    /// The address of the same database over this line.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Breaks the writer's next commit.
    pub(crate) fn arm(&self, at: At) {
        self.next.store(at as u8, Ordering::SeqCst);
    }

    /// Whether it broke since.
    pub(crate) fn broke(&self) -> bool {
        self.next.load(Ordering::SeqCst) == 0
    }
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

fn carry(client: TcpStream, server: TcpStream, next: Arc<AtomicU8>) {
    let silent = Arc::new(AtomicBool::new(false));
    let (mut from, mut to, quiet) = (server.try_clone().unwrap(), client.try_clone().unwrap(), silent.clone());
    std::thread::spawn(move || {
        let mut bytes = [0; 16_384];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            if quiet.load(Ordering::SeqCst) || to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        let _ = (to.shutdown(Shutdown::Both), from.shutdown(Shutdown::Both));
    });
    std::thread::spawn(move || {
        let (mut client, mut server, mut writes, mut bytes) = (client, server, false, [0; 16_384]);
        while let Ok(count @ 1..) = client.read(&mut bytes) {
            let said = &bytes[..count];
            // Only the writer asks for this, as soon as it is connected.
            writes |= holds(said, "plan_cache_mode");
            if writes && holds(said, "COMMIT") {
                match next.swap(0, Ordering::SeqCst) {
                    0 => {}
                    at => {
                        if at == At::Asking as u8 {
                            break;
                        }
                        silent.store(true, Ordering::SeqCst);
                    }
                }
            }
            if server.write_all(said).is_err() {
                break;
            }
        }
        if !silent.load(Ordering::SeqCst) {
            let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
        }
    });
}
