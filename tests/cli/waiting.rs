//! Servers that are not up yet are waited for; what does not change by waiting is told at once.

use std::time::{Duration, Instant};

use crate::program::migrate;

#[test]
fn a_server_that_never_comes_up_is_waited_for_so_long_and_no_longer() {
    for url in [
        "postgres://app@127.0.0.1:1/jobs",
        "mysql://app@127.0.0.1:1/jobs",
    ] {
        let status = |wait: &str| {
            let start = Instant::now();
            let ended = migrate(&["status", "--wait", wait, "--database-url", url]);
            (ended, start.elapsed())
        };
        let (ended, took) = status("1");
        if cfg!(all(feature = "postgres", feature = "mysql")) {
            ended.failed_with(&["error: can't connect to ", "help: check host and port"]);
            assert!(took >= Duration::from_secs(1), "{took:?}");
        }
        let (ended, took) = status("0");
        assert_eq!(ended.code, 3);
        assert!(took < Duration::from_secs(10), "{took:?}");
    }
}

#[cfg(all(feature = "postgres", feature = "mysql"))]
mod servers {
    use std::io;
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    use hammerwork_migrations::Dialect;

    use super::*;
    use crate::program::{Directory, Ended, command, start};
    use crate::servers::Server;

    on_each_server! {
        fn a_server_that_comes_up_later(server: &Server) {
            let (before, host, after) = server.parts();
            let port = unused_port();
            let url = format!("{before}127.0.0.1:{port}{after}");
            let directory = Directory::new();
            let child = start(
                command(directory.path()).args(["--wait", "60", "--database-url", &url]),
            );
            thread::sleep(Duration::from_millis(700));
            forward(port, host);
            let ended = Ended::of(&child.wait_with_output().unwrap());
            assert_eq!(ended.code, 0, "{ended:?}");
            assert!(ended.stdout.contains("6 applied in"), "{ended:?}");
        }

        fn a_wrong_password_is_not_waited_for(server: &Server) {
            let (_, host, after) = server.parts();
            let url = format!("{}://nobody:nothing@{host}{after}", server.dialect);
            let begun = Instant::now();
            let ended = migrate(&["status", "--wait", "60", "--database-url", &url]);
            ended.failed_with(&["error: can't connect to "]);
            assert!(begun.elapsed() < Duration::from_secs(30), "{ended:?}");
        }
    }

    fn unused_port() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    }

    /// Passes on what comes to the port, for as long as the test runs.
    fn forward(port: u16, host: String) {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let server = TcpStream::connect(&host).unwrap();
                pass_on(client.try_clone().unwrap(), server.try_clone().unwrap());
                pass_on(server, client);
            }
        });
    }

    fn pass_on(mut from: TcpStream, mut to: TcpStream) {
        thread::spawn(move || {
            drop(io::copy(&mut from, &mut to));
            drop(to.shutdown(std::net::Shutdown::Both));
        });
    }
}
