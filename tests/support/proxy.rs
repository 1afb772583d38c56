//! A proxy before a server that counts the commands of its client, and cuts the connection at one of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hammerwork_migrations::Dialect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::wire::{Login, Protocol, Request};

/// When a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The command never reaches the server.
    BeforeSent,
    /// The server gets the command, and both connections end at once.
    InFlight,
    /// The server has answered, and the client never learns what.
    Answered,
}

impl Cut {
    pub(crate) const ALL: [Cut; 3] = [Cut::BeforeSent, Cut::InFlight, Cut::Answered];
}

/// Commands are counted from the login on, over all connections. From the cut on there is no way through.
pub(crate) struct Proxy {
    pub(crate) url: String,
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    server: SocketAddr,
    protocol: Protocol,
    plan: Option<(usize, Cut)>,
    commands: AtomicUsize,
    was_cut: AtomicBool,
}

impl Proxy {
    /// A proxy before the database of `url`; its own URL leads through it.
    pub(crate) async fn start(dialect: Dialect, url: &str, plan: Option<(usize, Cut)>) -> Proxy {
        let (protocol, without_tls) = match dialect {
            Dialect::Postgres => (Protocol::Postgres, "sslmode=disable"),
            Dialect::MySql | Dialect::MariaDb => (Protocol::MySql, "ssl-mode=DISABLED"),
            Dialect::Sqlite => unreachable!("SQLite has no server"),
        };
        let (credentials, place) = url.rsplit_once('@').unwrap();
        let (address, database) = place.split_once('/').unwrap();
        let server = tokio::net::lookup_host(address)
            .await
            .unwrap()
            .next()
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            server,
            protocol,
            plan,
            commands: AtomicUsize::new(0),
            was_cut: AtomicBool::new(false),
        });
        Proxy {
            url: format!("{credentials}@{address}/{database}?{without_tls}"),
            task: tokio::spawn(serve(listener, state.clone())),
            state,
        }
    }

    pub(crate) fn commands(&self) -> usize {
        self.state.commands.load(Ordering::SeqCst)
    }

    pub(crate) fn was_cut(&self) -> bool {
        self.state.was_cut.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Ends, and with it every connection and the listener, at the cut.
async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (client, _) = accepted.unwrap();
                if !state.was_cut.load(Ordering::SeqCst) {
                    connections.spawn(relay(client, state.clone()));
                }
            }
            Some(ended) = connections.join_next() => {
                // That one side went away is what connections do.
                drop(ended.unwrap());
                if state.was_cut.load(Ordering::SeqCst) {
                    return;
                }
            }
        }
    }
}

/// One end of a connection, read message by message.
struct End {
    socket: TcpStream,
    protocol: Protocol,
    unread: Vec<u8>,
    /// The first message of a client of PostgreSQL has a shape of its own.
    first_of_client: bool,
}

impl End {
    fn new(socket: TcpStream, protocol: Protocol, first_of_client: bool) -> End {
        socket.set_nodelay(true).unwrap();
        End {
            socket,
            protocol,
            unread: Vec::new(),
            first_of_client,
        }
    }

    /// The next message; none where the other side has closed. Nothing is lost where this is dropped.
    async fn message(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        loop {
            match self.protocol.length(&self.unread, self.first_of_client) {
                Some(length) if length <= self.unread.len() => {
                    self.first_of_client = false;
                    let rest = self.unread.split_off(length);
                    return Ok(Some(std::mem::replace(&mut self.unread, rest)));
                }
                Some(_) | None => {
                    if self.socket.read_buf(&mut self.unread).await? == 0 {
                        return Ok(None);
                    }
                }
            }
        }
    }
}

async fn relay(client: TcpStream, state: Arc<State>) -> std::io::Result<()> {
    let protocol = state.protocol;
    let server = TcpStream::connect(state.server).await?;
    let mut client = End::new(client, protocol, true);
    let mut server = End::new(server, protocol, false);

    let mut login = Login::default();
    loop {
        tokio::select! {
            message = client.message() => {
                let Some(message) = message? else { return Ok(()) };
                login.client_says(protocol, &message);
                server.socket.write_all(&message).await?;
            }
            message = server.message() => {
                let Some(message) = message? else { return Ok(()) };
                let done = login.server_says(protocol, &message);
                client.socket.write_all(&message).await?;
                if done { break; }
            }
        }
    }

    let mut command = Vec::new();
    loop {
        let message = tokio::select! {
            message = client.message() => message?,
            // What the server says unasked: a notice, or why it ends.
            message = server.message() => {
                let Some(message) = message? else { return Ok(()) };
                client.socket.write_all(&message).await?;
                continue;
            }
        };
        let Some(message) = message else {
            return Ok(());
        };
        command.extend(&message);
        match protocol.request(&message) {
            Request::Beginning => continue,
            Request::End => {
                server.socket.write_all(&command).await?;
                return Ok(());
            }
            Request::Command => {}
        }
        let number = state.commands.fetch_add(1, Ordering::SeqCst) + 1;
        let cut = state
            .plan
            .filter(|(at, _)| *at == number)
            .map(|(_, cut)| cut);
        // Before the client can see it.
        state.was_cut.fetch_or(cut.is_some(), Ordering::SeqCst);
        if cut == Some(Cut::BeforeSent) {
            return Ok(());
        }
        server
            .socket
            .write_all(&std::mem::take(&mut command))
            .await?;
        if cut == Some(Cut::InFlight) {
            return Ok(());
        }
        let mut answer = login.answer(protocol);
        loop {
            let Some(message) = server.message().await? else {
                return Ok(());
            };
            let done = answer.ends_with(&message);
            if cut.is_none() {
                client.socket.write_all(&message).await?;
            }
            if done {
                break;
            }
        }
        if cut.is_some() {
            return Ok(());
        }
    }
}
