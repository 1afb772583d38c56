//! A proxy before a server that counts round trips: how often the server begins to answer what was said to it.
//!
//! It knows no protocol, and so counts what every client does alike: commands that are sent before the first of them is
//! answered are one round trip, and what nobody answers is none.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};
use url::Url;

pub struct Turns {
    /// Leads through the proxy.
    pub url: String,
    count: Arc<AtomicUsize>,
}

impl Turns {
    /// Stands before the server of `url` until the process ends.
    pub fn before(url: &str) -> Result<Turns> {
        let mut url = Url::parse(url)?;
        let host = url.host_str().context("the URL names no host")?;
        let server = format!("{host}:{}", url.port().context("the URL names no port")?);
        let listener = TcpListener::bind("127.0.0.1:0")?;
        url.set_host(Some("127.0.0.1"))?;
        let port = Some(listener.local_addr()?.port());
        url.set_port(port)
            .ok()
            .context("the URL can't have a port")?;
        let count = Arc::new(AtomicUsize::new(0));
        let turns = Turns {
            url: url.into(),
            count: count.clone(),
        };
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if let Err(error) = relay(client, &server, &count) {
                    eprintln!("the proxy lost a connection: {error}");
                }
            }
        });
        Ok(turns)
    }

    /// The round trips so far, over all connections.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

/// Passes on what both sides say, each in a thread of its own.
fn relay(client: TcpStream, server: &str, count: &Arc<AtomicUsize>) -> std::io::Result<()> {
    let server = TcpStream::connect(server)?;
    for socket in [&client, &server] {
        socket.set_nodelay(true)?;
    }
    let asked = Arc::new(AtomicBool::new(false));
    let (question, count) = (asked.clone(), count.clone());
    pass_on(client.try_clone()?, server.try_clone()?, move || {
        question.store(true, Ordering::SeqCst);
    });
    pass_on(server, client, move || {
        if asked.swap(false, Ordering::SeqCst) {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    Ok(())
}

/// Tells `said` before the other side can hear it.
fn pass_on(mut from: TcpStream, mut to: TcpStream, said: impl Fn() + Send + 'static) {
    thread::spawn(move || {
        let mut buffer = [0; 1 << 16];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            said();
            if to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        // The other side learns that this one is gone; it may be gone itself.
        drop(to.shutdown(Shutdown::Write));
    });
}
