//! The URL of a database: read, checked, and shown without its password.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use url::Url;

use super::error::Error;
use crate::dialect::Dialect;

/// A URL as it was given. It may hold a password, so it can't be shown.
#[derive(Clone)]
pub(super) struct UrlText(String);

/// A URL that names a database. It is shown without its password and without its parameters, any of which
/// may be one.
#[derive(Clone)]
pub(super) struct DatabaseUrl {
    dialect: Dialect,
    /// As sqlx takes it.
    text: String,
    shown: String,
    file: Option<DatabaseFile>,
}

/// Where an SQLite database is, if it is not in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DatabaseFile {
    pub(super) path: PathBuf,
    /// How the URL wants it opened: `ro`, `rw`, `rwc`.
    pub(super) mode: Option<String>,
}

/// A URL that names no database. None of these shows the URL: where it does not parse, nobody can tell which
/// part of it is the password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum UrlError {
    #[error("the database URL has no scheme")]
    NoScheme,
    #[error("the database URL has the unknown scheme {scheme:?}")]
    UnknownScheme { scheme: String },
    #[error("the database URL names no file")]
    NoFile,
    #[error("the database URL does not parse: {reason}")]
    Malformed { reason: String },
}

impl UrlText {
    pub(super) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Without the line break that a secret read from a file tends to end with.
    pub(super) fn text(&self) -> &str {
        self.0.trim_ascii()
    }

    /// The URL that the nearest `.env` file has. The rest of the file stays out of the environment.
    pub(super) fn from_dotenv() -> Result<Option<UrlText>, Error> {
        let lines = match dotenvy::dotenv_iter() {
            Ok(lines) => lines,
            Err(error) if error.not_found() => return Ok(None),
            Err(_) => return Err(Error::DotEnv),
        };
        let mut unreadable = false;
        for line in lines {
            match line {
                Ok((key, url)) if key == "DATABASE_URL" => return Ok(Some(UrlText(url))),
                Ok(_) => {}
                // The error holds the line, and so perhaps a secret.
                Err(dotenvy::Error::LineParse(..)) => unreadable = true,
                Err(_) => return Err(Error::DotEnv),
            }
        }
        if unreadable {
            return Err(Error::DotEnv);
        }
        Ok(None)
    }
}

impl From<String> for UrlText {
    fn from(text: String) -> Self {
        UrlText(text)
    }
}

impl fmt::Debug for UrlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UrlText(***)")
    }
}

impl DatabaseUrl {
    pub(super) fn parse(text: &UrlText) -> Result<Self, UrlError> {
        let text = text.text();
        let (scheme, rest) = text.split_once(':').ok_or(UrlError::NoScheme)?;
        let scheme = scheme.to_ascii_lowercase();
        // `user:password@host` has no scheme, though a colon: its first part is nobody's business.
        if !rest.starts_with("//") && scheme != "sqlite" {
            return Err(UrlError::NoScheme);
        }
        let (dialect, driver_scheme) = match scheme.as_str() {
            "postgres" | "postgresql" => (Dialect::Postgres, "postgres"),
            "mysql" => (Dialect::MySql, "mysql"),
            // One driver speaks to both, and knows them by one name.
            "mariadb" => (Dialect::MariaDb, "mysql"),
            "sqlite" => (Dialect::Sqlite, "sqlite"),
            _ => return Err(UrlError::unknown_scheme(scheme)),
        };
        let text = format!("{driver_scheme}:{rest}");
        let (shown, file) = match dialect {
            Dialect::Sqlite => sqlite(rest)?,
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => {
                (server(&text, &scheme)?, None)
            }
        };
        Ok(DatabaseUrl {
            dialect,
            text,
            shown,
            file,
        })
    }

    /// The engine that the scheme names. Which of MySQL and MariaDB it really is, the server says.
    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The whole of it, with the password.
    pub(super) fn for_driver(&self) -> &str {
        &self.text
    }

    /// The file of an SQLite database; none where it is in memory, or the path is one that only SQLite reads.
    pub(super) fn file(&self) -> Option<&DatabaseFile> {
        self.file.as_ref()
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DatabaseUrl").field(&self.shown).finish()
    }
}

impl UrlError {
    pub(super) fn help(&self) -> String {
        match self {
            UrlError::NoScheme | UrlError::UnknownScheme { .. } => "use \
                postgres://USER:PASSWORD@HOST:PORT/DATABASE, the same with mysql:// or mariadb://, or \
                sqlite://FILE"
                .to_owned(),
            UrlError::NoFile => "use sqlite://FILE, or sqlite::memory:".to_owned(),
            UrlError::Malformed { .. } => "in user, password and database, write \
                @ as %40, : as %3A, / as %2F, ? as %3F, # as %23 and % as %25"
                .to_owned(),
        }
    }

    /// A scheme is named only where it reads like one, and not like a part of a secret.
    fn unknown_scheme(scheme: String) -> Self {
        let reads_well = scheme.len() <= 20
            && scheme
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'-' | b'.'));
        if reads_well {
            UrlError::UnknownScheme { scheme }
        } else {
            UrlError::NoScheme
        }
    }

    fn malformed(reason: impl Into<String>) -> Self {
        UrlError::Malformed {
            reason: reason.into(),
        }
    }
}

/// Checks the URL of a server, and gives what may be shown of it.
fn server(text: &str, scheme: &str) -> Result<String, UrlError> {
    let url = Url::parse(text).map_err(|error| UrlError::malformed(error.to_string()))?;
    // A password with one of these in it is cut there, and what is left of it stands in a place that is
    // neither secret nor right: `postgres://user:12/3@host` reads as port 12 of a host named user.
    if url.fragment().is_some() {
        return Err(UrlError::malformed("it has a # that is not written as %23"));
    }
    if url.path().contains('@') {
        return Err(UrlError::malformed("it has an @ after a /"));
    }
    check_parameters(url.query().unwrap_or(""))?;
    for part in [url.username(), url.password().unwrap_or(""), url.path()] {
        if percent_decode_str(part).decode_utf8().is_err() {
            return Err(UrlError::malformed("what it percent-encodes is not UTF-8"));
        }
    }
    let user = match (url.username(), url.password()) {
        ("", None) => String::new(),
        (user, None) => format!("{user}@"),
        (user, Some(_)) => format!("{user}:***@"),
    };
    let host = url.host_str().unwrap_or("");
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    Ok(format!("{scheme}://{user}{host}{port}{}", url.path()))
}

/// An `@` among the parameters that no parameter has for its value ends what was meant to be a password.
fn check_parameters(parameters: &str) -> Result<(), UrlError> {
    match parameters.split_once('@') {
        Some((before, _)) if !before.contains('=') => {
            Err(UrlError::malformed("it has an @ after a ?"))
        }
        Some(_) | None => Ok(()),
    }
}

/// Reads what follows `sqlite:` as sqlx does.
fn sqlite(rest: &str) -> Result<(String, Option<DatabaseFile>), UrlError> {
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    if path.is_empty() {
        return Err(UrlError::NoFile);
    }
    check_parameters(parameters)?;
    let shown = format!("sqlite://{}", without_password(path));
    let mode = url::form_urlencoded::parse(parameters.as_bytes())
        .filter(|(key, _)| key == "mode")
        .last()
        .map(|(_, mode)| mode.into_owned());
    if path == ":memory:" {
        return Ok(("sqlite::memory:".to_owned(), None));
    }
    let path = percent_decode_str(path)
        .decode_utf8()
        .map_err(|_| UrlError::malformed("what it percent-encodes is not UTF-8"))?;
    if mode.as_deref() == Some("memory") || path.starts_with("file:") {
        return Ok((shown, None));
    }
    let path = PathBuf::from(&*path);
    Ok((shown, Some(DatabaseFile { path, mode })))
}

/// A file has no password, but a URL whose scheme is wrong may.
fn without_password(path: &str) -> String {
    let Some((user, host)) = path.rsplit_once('@') else {
        return path.to_owned();
    };
    match user.split_once(':') {
        Some((user, _)) => format!("{user}:***@{host}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<DatabaseUrl, UrlError> {
        DatabaseUrl::parse(&UrlText::from(url.to_owned()))
    }

    #[test]
    fn the_scheme_names_the_engine() {
        for (url, dialect, for_driver) in [
            ("postgres://h/d", Dialect::Postgres, "postgres://h/d"),
            ("postgresql://h/d", Dialect::Postgres, "postgres://h/d"),
            ("POSTGRES://h/d", Dialect::Postgres, "postgres://h/d"),
            ("mysql://h/d", Dialect::MySql, "mysql://h/d"),
            ("mariadb://u:p@h/d", Dialect::MariaDb, "mysql://u:p@h/d"),
            ("sqlite://a.db", Dialect::Sqlite, "sqlite://a.db"),
            ("sqlite:a.db", Dialect::Sqlite, "sqlite:a.db"),
            ("sqlite::memory:", Dialect::Sqlite, "sqlite::memory:"),
            (" mysql://h/d\n", Dialect::MySql, "mysql://h/d"),
        ] {
            let parsed = parse(url).expect(url);
            assert_eq!(parsed.dialect(), dialect, "{url}");
            assert_eq!(parsed.for_driver(), for_driver, "{url}");
        }
    }

    #[test]
    fn a_url_is_shown_without_its_password() {
        for (url, shown) in [
            (
                "postgres://app:hunter2@h:5432/d",
                "postgres://app:***@h:5432/d",
            ),
            ("postgres://app:hun%40ter2@h/d", "postgres://app:***@h/d"),
            ("postgres://app:hun@ter2@h/d", "postgres://app:***@h/d"),
            ("postgres://app:hun:ter2@h/d", "postgres://app:***@h/d"),
            ("postgres://:hunter2@h/d", "postgres://:***@h/d"),
            ("postgres://app@h/d", "postgres://app@h/d"),
            ("postgresql://h/d?password=hunter2", "postgresql://h/d"),
            ("mariadb://h/d?sslmode=x&pwd=hunter2", "mariadb://h/d"),
            ("postgres://h/d?pass%77ord=hunter2", "postgres://h/d"),
            ("postgres:///d?host=/run/postgresql", "postgres:///d"),
            ("mysql://[::1]:3306/d", "mysql://[::1]:3306/d"),
            ("sqlite://app:hunter2@h/d", "sqlite://app:***@h/d"),
            ("sqlite:a@b.db?mode=ro", "sqlite://a@b.db"),
        ] {
            let parsed = parse(url).expect(url);
            assert_eq!(parsed.to_string(), shown);
            assert!(!format!("{parsed:?}").contains("hun"), "{parsed:?}");
            assert!(!format!("{parsed:#?}").contains("ter2"), "{parsed:?}");
        }
    }

    #[test]
    fn a_bad_url_is_not_shown() {
        for (url, error) in [
            ("", "no scheme"),
            ("hunter2", "no scheme"),
            ("app:hunter2@h/d", "no scheme"),
            ("hunter2:x@h", "no scheme"),
            ("hunter2@app://h/d", "no scheme"),
            ("mssql://app:hunter2@h/d", "unknown scheme \"mssql\""),
            ("postgres://app:hunter2", "invalid port number"),
            ("postgres://app:hunter2/x@h/d", "invalid port number"),
            ("postgres://app:hunter2@h:99999/d", "invalid port number"),
            ("postgres://app:hunter2@[::1/d", "invalid IPv6 address"),
            ("postgres://app:12/hunter2@h/d", "@ after a /"),
            ("postgres://app:hun@ter/2@h/d", "@ after a /"),
            ("postgres://app:12?hunter2@h/d", "@ after a ?"),
            (
                "postgres://app:12#hunter2@h/d",
                "# that is not written as %23",
            ),
            ("postgres://app:hunter2%ff@h/d", "not UTF-8"),
            ("sqlite://app:12?hunter2@h/d", "@ after a ?"),
            ("sqlite://", "names no file"),
            ("sqlite:?mode=ro", "names no file"),
            ("sqlite://hunter2%ff", "not UTF-8"),
        ] {
            let refused = parse(url).expect_err(url);
            let text = format!("{refused} {refused:?} {}", refused.help());
            assert!(text.contains(error), "{url}: {text}");
            assert!(!text.contains("hun"), "{text}");
        }
    }

    #[test]
    fn the_text_of_a_url_can_not_be_shown() {
        let text = UrlText::from("postgres://app:hunter2@h/d".to_owned());
        assert_eq!(format!("{text:?}"), "UrlText(***)");
    }

    #[test]
    fn a_file_is_where_the_driver_looks_for_it() {
        for (url, path, mode) in [
            ("sqlite://a.db", "a.db", None),
            ("sqlite:a.db", "a.db", None),
            ("sqlite:///var/a.db", "/var/a.db", None),
            ("sqlite://a%20b%3f.db?mode=ro", "a b?.db", Some("ro")),
            ("sqlite://a.db?cache=shared&mode=rwc", "a.db", Some("rwc")),
        ] {
            let parsed = parse(url).expect(url);
            let file = parsed.file().expect(url);
            assert_eq!(file.path, PathBuf::from(path), "{url}");
            assert_eq!(file.mode.as_deref(), mode, "{url}");
        }
        for url in [
            "sqlite::memory:",
            "sqlite://:memory:",
            "sqlite://a?mode=memory",
            "sqlite:file:a.db",
            "postgres://h/d",
        ] {
            assert_eq!(parse(url).expect(url).file(), None, "{url}");
        }
    }
}
