//! What must never be shown, and how it is kept out of what is.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt;

use percent_encoding::percent_decode_str;

use super::url::UrlText;

/// What stands for a secret.
const MASK: &str = "***";

/// Below this length a secret is only masked where it stands as a word: a password `a` must not turn every
/// message into stars, which would tell it, too.
const SHORT: usize = 4;

/// Texts that must never be shown, in each of the spellings in which a message may hold them.
#[derive(Clone, Default)]
pub(super) struct Secrets {
    /// The longest first, so that none is masked in half.
    needles: Vec<String>,
}

impl Secrets {
    /// The passwords of a URL, whether or not it parses.
    pub(super) fn of_url(url: &UrlText) -> Self {
        let mut secrets = Secrets::default();
        let text = url.text();
        secrets.add_user_info(text);
        secrets.add_parameters(text);
        if let Some(password) = url::Url::parse(text)
            .ok()
            .as_ref()
            .and_then(|it| it.password())
        {
            secrets.add(password);
        }
        secrets.sorted()
    }

    /// The passwords of many URLs.
    pub(super) fn of_urls<'u>(urls: impl Iterator<Item = &'u UrlText>) -> Self {
        let all: BTreeSet<String> = urls.flat_map(|url| Secrets::of_url(url).needles).collect();
        Secrets {
            needles: all.into_iter().collect(),
        }
        .sorted()
    }

    /// All that follows a scheme in any word of the command line: a URL may stand in the wrong place, where
    /// the message about it would show it.
    pub(super) fn of_words(words: &[OsString]) -> Self {
        let mut secrets = Secrets::default();
        for word in words {
            let word = word.to_string_lossy();
            if let Some((_, rest)) = word.split_once("://") {
                secrets.add(rest);
            }
            secrets.add_user_info(&word);
            secrets.add_parameters(&word);
        }
        secrets.sorted()
    }

    /// Those of both.
    pub(super) fn and(mut self, other: Secrets) -> Self {
        for needle in other.needles {
            if !self.needles.contains(&needle) {
                self.needles.push(needle);
            }
        }
        self.sorted()
    }

    /// The text with every secret masked.
    pub(super) fn mask(&self, text: &str) -> String {
        self.needles
            .iter()
            .fold(text.to_owned(), |text, needle| mask(&text, needle))
    }

    /// What stands between the first colon and an `@`. A password with a bare `@` in it may end at any of
    /// them, so all the ends count; and one with a bare `/`, `?` or `#` is cut there by whoever parses it, so
    /// the pieces count, too.
    fn add_user_info(&mut self, text: &str) {
        let text = text.split_once("://").map_or(text, |(_, rest)| rest);
        let Some((_, password)) = text.split_once(':') else {
            return;
        };
        for (end, _) in password.match_indices('@') {
            self.add(&password[..end]);
            for piece in password[..end].split(['/', '?', '#', '@']) {
                if piece.chars().count() >= SHORT {
                    self.add(piece);
                }
            }
        }
    }

    fn add_parameters(&mut self, text: &str) {
        let Some((_, query)) = text.split_once('?') else {
            return;
        };
        for parameter in query.split(['&', ';', '#']) {
            let Some((key, value)) = parameter.split_once('=') else {
                continue;
            };
            let key = decoded(key).to_ascii_lowercase();
            if ["pass", "pwd", "secret", "token"]
                .iter()
                .any(|it| key.contains(it))
            {
                self.add(value);
                self.add(&value.replace('+', " "));
            }
        }
    }

    fn add(&mut self, secret: &str) {
        let decoded = decoded(secret);
        let escaped = decoded.escape_debug().to_string();
        for spelling in [secret.to_owned(), decoded, escaped] {
            if !spelling.is_empty() && spelling != MASK && !self.needles.contains(&spelling) {
                self.needles.push(spelling);
            }
        }
    }

    fn sorted(mut self) -> Self {
        self.needles.sort_by_key(|it| std::cmp::Reverse(it.len()));
        self
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").finish_non_exhaustive()
    }
}

fn mask(text: &str, needle: &str) -> String {
    if needle.chars().count() >= SHORT {
        return text.replace(needle, MASK);
    }
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for (start, _) in text.match_indices(needle) {
        let end = start + needle.len();
        let inside_word = text[..start].ends_with(char::is_alphanumeric)
            || text[end..].starts_with(char::is_alphanumeric);
        if !inside_word {
            masked += &text[done..start];
            masked += MASK;
            done = end;
        }
    }
    masked + &text[done..]
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Secrets {
        Secrets::of_url(&UrlText::from(url.to_owned()))
    }

    #[test]
    fn a_password_is_masked_in_every_spelling() {
        let secrets = of("postgres://app:p%40ss%2Fw%22rd@host/db");
        for text in [
            "postgres://app:p%40ss%2Fw%22rd@host/db",
            "password p@ss/w\"rd is wrong",
            r#"got "p@ss/w\"rd""#,
            "xp@ss/w\"rdx",
        ] {
            let masked = secrets.mask(text);
            assert!(masked.contains(MASK), "{masked}");
            assert!(
                !masked.contains("p@") && !masked.contains("rd\""),
                "{masked}"
            );
            assert!(
                !masked.contains("ss/") && !masked.contains("ss%"),
                "{masked}"
            );
        }
    }

    #[test]
    fn a_password_that_was_not_encoded_is_masked_whole_and_in_part() {
        for url in [
            "postgres://app:hun/ter2@host/db",
            "postgres://app:hun?ter2@host/db",
            "postgres://app:hun#ter2@host/db",
            "mysql://app:hun@ter2@host/db",
            "app:hun/ter2@host",
            "mysql://app:hun ter2@host:x/db",
        ] {
            let masked = of(url).mask(&format!("no such thing: {url}"));
            assert!(!masked.contains("hun"), "{masked}");
            assert!(!masked.contains("ter2"), "{masked}");
            assert!(
                masked.ends_with("@host") || masked.contains("@host"),
                "{masked}"
            );
        }
    }

    #[test]
    fn parameters_that_hold_a_secret_are_masked() {
        for parameter in [
            "password=hunter2",
            "sslmode=prefer&password=hunter2",
            "PWD=hunter2",
            "pass%77ord=hunter2",
            "sslpassword=hunter2&x=y",
            "password=hunter%32",
        ] {
            let masked = of(&format!("postgres://host/db?{parameter}")).mask(parameter);
            assert!(!masked.contains("hunter"), "{masked}");
            assert!(
                !of(&format!("postgres://host/db?{parameter}"))
                    .mask("hunter2")
                    .contains("hunter")
            );
        }
        let spaced = of("postgres://host/db?password=hunter+2");
        assert_eq!(spaced.mask("'hunter 2' 'hunter+2'"), "'***' '***'");
    }

    #[test]
    fn a_short_password_is_masked_as_a_word() {
        let secrets = of("postgres://app:a@host/db");
        assert_eq!(
            secrets.mask("a database at app:a@host"),
            "*** database at app:***@host"
        );
    }

    #[test]
    fn without_a_password_nothing_is_masked() {
        for url in [
            "",
            "postgres://host/db",
            "postgres://app@host/db",
            "postgres://app:@host/db",
            "sqlite::memory:",
        ] {
            assert_eq!(of(url).mask("host: app, db"), "host: app, db", "{url}");
        }
    }

    #[test]
    fn a_url_in_the_wrong_place_is_masked_whole() {
        let words = ["migrate", "postgres://app:hunter2"].map(OsString::from);
        assert_eq!(
            Secrets::of_words(&words).mask("unrecognized subcommand 'postgres://app:hunter2'"),
            "unrecognized subcommand 'postgres://***'"
        );
    }

    #[test]
    fn debug_shows_none() {
        let secrets = of("postgres://app:hunter2@host/db");
        assert!(!format!("{secrets:?}").contains("hunter2"));
    }
}
