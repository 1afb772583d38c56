//! Whether what is sent to a server may be read on the way.

use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use url::Url;

use super::url::DatabaseUrl;
use crate::dialect::Dialect;

/// What to know before a password goes to another machine without TLS; none where the way ends on this one,
/// or the connection fails without TLS.
pub(super) fn warning(url: &DatabaseUrl, has_tls: bool) -> Option<String> {
    warning_in(url, has_tls, |name| std::env::var(name).ok())
}

/// The parameter of the URL that asks for TLS, and its values.
struct Parameter {
    name: &'static str,
    require: &'static str,
    /// Requires it, and checks the server's certificate.
    verify: &'static str,
    also: &'static str,
}

fn parameter_of(dialect: Dialect) -> Option<Parameter> {
    match dialect {
        Dialect::Postgres => Some(Parameter {
            name: "sslmode",
            require: "require",
            verify: "verify-full",
            also: "verify-ca",
        }),
        Dialect::MySql | Dialect::MariaDb => Some(Parameter {
            name: "ssl-mode",
            require: "REQUIRED",
            verify: "VERIFY_IDENTITY",
            also: "VERIFY_CA",
        }),
        Dialect::Sqlite => None,
    }
}

fn warning_in(
    url: &DatabaseUrl,
    has_tls: bool,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let parameter = parameter_of(url.dialect())?;
    let way = Way::of(url, variable)?;
    let Parameter {
        name,
        require,
        verify,
        also,
    } = parameter;
    let required = [require, verify, also]
        .iter()
        .any(|it| way.mode.eq_ignore_ascii_case(it));
    if required || way.ends_here() {
        return None;
    }
    let host = &way.host;
    if !has_tls {
        return Some(format!(
            "what goes to {host} can be read on the way, because this program was built without TLS: build it with the \
             feature tls, and add {name}={require} to the parameters of the database URL"
        ));
    }
    Some(format!(
        "the database URL does not require TLS on the way to {host}: add {name}={require} to its parameters, \
         or {name}={verify}, which checks the server's certificate, too"
    ))
}

/// Where the driver will go, and how: what the URL says, and the environment where PostgreSQL's reads it.
struct Way {
    host: String,
    /// What it says of TLS; empty where it says nothing.
    mode: String,
}

impl Way {
    fn of(url: &DatabaseUrl, variable: impl Fn(&str) -> Option<String>) -> Option<Way> {
        let postgres = url.dialect() == Dialect::Postgres;
        let variable = |name| variable(name).filter(|_| postgres);
        let parsed = Url::parse(url.for_driver()).ok()?;
        let named = parsed.host_str().unwrap_or("");
        let mut way = Way {
            host: percent_decode_str(named).decode_utf8_lossy().into_owned(),
            mode: variable("PGSSLMODE").unwrap_or_default(),
        };
        if way.host.is_empty() {
            let set = variable("PGHOSTADDR").or_else(|| variable("PGHOST"));
            way.host = set.unwrap_or_default();
        }
        let mut socket = None;
        for (key, value) in parsed.query_pairs() {
            match (&*key, postgres) {
                ("sslmode" | "ssl-mode", _) => way.mode = value.into_owned(),
                ("host", true) if value.starts_with('/') => socket = Some(value.into_owned()),
                ("host" | "hostaddr", true) => way.host = value.into_owned(),
                ("socket", false) => socket = Some(value.into_owned()),
                (_, _) => {}
            }
        }
        // Whatever host is named beside it.
        way.host = socket.unwrap_or(way.host);
        Some(way)
    }

    /// Whether it stays on this machine: a socket's path, no host, or a host that is this one.
    fn ends_here(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || host.contains('/') || host.eq_ignore_ascii_case("localhost") {
            return true;
        }
        host.parse::<IpAddr>()
            .is_ok_and(|it| it.to_canonical().is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::url::UrlText;

    fn warned(url: &str, environment: &[(&str, &str)]) -> Option<String> {
        warning_in(&parsed(url), true, |name| {
            let found = environment.iter().find(|(it, _)| *it == name)?;
            Some(found.1.to_owned())
        })
    }

    fn parsed(url: &str) -> DatabaseUrl {
        DatabaseUrl::parse(&UrlText::from(url.to_owned()))
            .unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    #[test]
    fn a_program_without_tls_says_so_where_it_goes_to_another_machine() {
        let warned = |url| warning_in(&parsed(url), false, |_| None);
        let warning = warned("postgres://app:hunter2@db.example/jobs").unwrap_or_default();
        assert!(warning.contains("db.example can be read"), "{warning}");
        assert!(warning.contains("feature tls"), "{warning}");
        assert!(!warning.contains("hunter2"), "{warning}");
        // It does not connect at all.
        assert_eq!(warned("mysql://db.example/jobs?ssl-mode=REQUIRED"), None);
        assert_eq!(warned("mysql://localhost/jobs"), None);
    }

    #[test]
    fn a_way_to_another_machine_is_warned_about() {
        for (url, parameter) in [
            ("postgres://app:hunter2@db.example/jobs", "sslmode=require"),
            (
                "postgres://192.0.2.1/jobs?sslmode=prefer",
                "sslmode=require",
            ),
            (
                "postgres://[2001:db8::1]/jobs?sslmode=disable",
                "sslmode=require",
            ),
            (
                "postgres://localhost/jobs?host=db.example",
                "sslmode=require",
            ),
            ("postgres:///jobs?hostaddr=192.0.2.1", "sslmode=require"),
            ("mysql://app:hunter2@db.example/jobs", "ssl-mode=REQUIRED"),
            (
                "mariadb://db.example/jobs?ssl-mode=PREFERRED",
                "ssl-mode=REQUIRED",
            ),
            (
                "mysql://db.example/jobs?host=localhost",
                "ssl-mode=REQUIRED",
            ),
            // The spelling of another engine is none.
            (
                "mysql://db.example/jobs?sslmode=require",
                "ssl-mode=REQUIRED",
            ),
        ] {
            let warning = warned(url, &[]).unwrap_or_default();
            assert!(warning.contains(parameter), "{url}: {warning}");
            assert!(!warning.contains("hunter2"), "{warning}");
        }
    }

    #[test]
    fn tls_that_is_required_is_enough() {
        for url in [
            "postgres://db.example/jobs?sslmode=require",
            "postgres://db.example/jobs?sslmode=verify-ca",
            "postgres://db.example/jobs?ssl-mode=VERIFY-FULL",
            "mysql://db.example/jobs?ssl-mode=REQUIRED",
            "mariadb://db.example/jobs?sslmode=verify_ca",
            "mysql://db.example/jobs?ssl-mode=VERIFY_IDENTITY",
        ] {
            assert_eq!(warned(url, &[]), None, "{url}");
        }
        let last = "postgres://db.example/jobs?sslmode=require&sslmode=allow";
        assert!(warned(last, &[]).is_some());
    }

    #[test]
    fn what_stays_on_this_machine_needs_none() {
        for url in [
            "postgres://localhost/jobs",
            "postgres://LOCALHOST:5433/jobs",
            "postgres://127.0.0.53/jobs",
            "postgres://[::1]/jobs",
            "postgres://[::ffff:127.0.0.1]/jobs",
            "postgres:///jobs",
            "postgres://%2Frun%2Fpostgresql/jobs",
            "postgres://db.example/jobs?host=/run/postgresql",
            "mysql://127.0.0.1/jobs",
            "mysql://db.example/jobs?socket=/run/mysqld/mysqld.sock",
            "mysql:///jobs",
            "sqlite://jobs.db",
            "sqlite://db.example/jobs",
        ] {
            assert_eq!(warned(url, &[]), None, "{url}");
        }
    }

    #[test]
    fn the_environment_counts_where_the_driver_reads_it() {
        let remote = [("PGHOST", "db.example")];
        assert!(warned("postgres:///jobs", &remote).is_some());
        assert_eq!(warned("postgres://localhost/jobs", &remote), None);
        assert_eq!(warned("mysql:///jobs", &remote), None);
        let safe = [("PGHOST", "db.example"), ("PGSSLMODE", "require")];
        assert_eq!(warned("postgres:///jobs", &safe), None);
        assert!(warned("postgres:///jobs?sslmode=prefer", &safe).is_some());
        assert!(warned("mysql://db.example/jobs", &safe).is_some());
    }
}
