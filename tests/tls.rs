//! What requires TLS gets nothing else, whether the program was built with it or not: no server here has any, and none
//! hears a word that is to be kept from others.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::future::Future;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use hammerwork_migrations::run::driver::{connect_mysql, connect_postgres};
use hammerwork_migrations::run::{DriverError, DriverErrorKind, RunError};

const HAS_TLS: bool = cfg!(feature = "tls");

/// PostgreSQL's wish for TLS: <https://www.postgresql.org/docs/current/protocol-message-formats.html>
const WISH: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// MySQL's greeting, without the flag for TLS: it speaks first.
fn greeting() -> Vec<u8> {
    let mut packet = vec![10];
    packet.extend(b"9.0.0\0");
    packet.extend([1, 0, 0, 0]);
    packet.extend(b"12345678\0");
    // Protocol 4.1, secure connections; then the charset, the state, authentication by plugins, and the nonce's length.
    packet.extend([0x00, 0x82, 255, 2, 0, 0x08, 0x00, 21]);
    packet.extend([0; 10]);
    packet.extend(b"123456789012\0mysql_native_password\0");
    let length = u8::try_from(packet.len()).unwrap();
    [&[length, 0, 0, 0], packet.as_slice()].concat()
}

/// A server for one client: says `first`, hears the beginning of what the client says, answers a wish for TLS with no, and hears
/// what else it says. Gives what it heard.
fn server(first: Vec<u8>) -> (u16, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let hearing = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        client.write_all(&first).unwrap();
        let mut heard = vec![0; WISH.len()];
        let count = client.read(&mut heard).unwrap_or_default();
        heard.truncate(count);
        if heard == WISH && client.write_all(b"N").is_ok() {
            let mut rest = [0; 64];
            let count = client.read(&mut rest).unwrap_or_default();
            heard.extend(&rest[..count]);
        }
        heard
    });
    (port, hearing)
}

fn failed<T>(connecting: impl Future<Output = Result<T, DriverError>>) -> DriverError {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime.unwrap().block_on(connecting) {
        Ok(_) => panic!("it connected"),
        Err(error) => error,
    }
}

#[track_caller]
fn assert_refused(error: DriverError) {
    if HAS_TLS {
        assert_eq!(error.message, "server does not support TLS");
        return;
    }
    assert_eq!(error.kind, DriverErrorKind::NoTls);
    assert_eq!(
        error.message,
        "the connection is to be by TLS, and this program was built without it"
    );
    let help = RunError::Connect { source: error }.help();
    assert!(help.is_some_and(|it| it.contains("feature tls")));
}

#[test]
fn postgres_hears_of_tls_alone() {
    for mode in ["require", "verify-ca", "verify-full"] {
        let (port, hearing) = server(Vec::new());
        let url = format!("postgres://app:hunter2@127.0.0.1:{port}/jobs?sslmode={mode}");
        assert_refused(failed(connect_postgres(&url)));
        let heard = hearing.join().unwrap();
        let wish: &[u8] = if HAS_TLS { &WISH } else { &[] };
        assert_eq!(heard, wish, "{mode}");
    }
}

#[test]
fn mysql_hears_nothing() {
    for mode in ["REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"] {
        let (port, hearing) = server(greeting());
        let url = format!("mysql://app:hunter2@127.0.0.1:{port}/jobs?ssl-mode={mode}");
        assert_refused(failed(connect_mysql(&url)));
        assert_eq!(hearing.join().unwrap(), [0; 0], "{mode}");
    }
}

#[test]
fn who_only_prefers_tls_goes_without() {
    let (port, hearing) = server(Vec::new());
    let url = format!("postgres://app@127.0.0.1:{port}/jobs?sslmode=prefer");
    failed(connect_postgres(&url));
    let heard = hearing.join().unwrap();
    let (wish, login) = heard.split_at(if HAS_TLS { WISH.len() } else { 0 });
    let expected: &[u8] = if HAS_TLS { &WISH } else { &[] };
    assert_eq!(wish, expected);
    // Its length, and version 3.0.
    assert_eq!(login.get(4..8), Some(&[0, 3, 0, 0][..]), "{heard:?}");

    let (port, hearing) = server(greeting());
    let url = format!("mysql://app@127.0.0.1:{port}/jobs");
    failed(connect_mysql(&url));
    assert!(!hearing.join().unwrap().is_empty());
}
