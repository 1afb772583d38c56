//! The file that names databases: a URL in each line.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use crate::cli::error::Error;
use crate::cli::secrets::Secrets;
use crate::cli::url::{DatabaseUrl, UrlText};

/// The URLs of a file, which may hold passwords.
#[derive(Debug)]
pub(in crate::cli) struct UrlList {
    /// What the file is called.
    name: String,
    /// Each with the number of its line.
    urls: Vec<(usize, UrlText)>,
}

impl UrlList {
    /// Reads that file, or stdin where it is called `-`.
    pub(in crate::cli) fn read(file: &Path) -> Result<UrlList, Error> {
        let is_stdin = file == Path::new("-");
        let text = if is_stdin {
            io::read_to_string(io::stdin())
        } else {
            fs::File::open(file).and_then(|mut file| {
                let mut text = String::new();
                file.read_to_string(&mut text).map(|_| text)
            })
        };
        let name = if is_stdin { Path::new("stdin") } else { file };
        let text = text.map_err(|source| Error::File {
            doing: "read",
            path: name.to_owned(),
            source,
        })?;
        Ok(UrlList::of(&name.display().to_string(), &text))
    }

    /// Lines that are empty, or begin with `#`, name none.
    fn of(name: &str, text: &str) -> UrlList {
        let lines = text.strip_prefix('\u{feff}').unwrap_or(text).lines();
        let urls = (1..)
            .zip(lines.map(str::trim))
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(|(number, line)| (number, UrlText::from(line.to_owned())))
            .collect();
        UrlList {
            name: name.to_owned(),
            urls,
        }
    }

    /// The passwords in it.
    pub(in crate::cli) fn secrets(&self) -> Secrets {
        Secrets::of_urls(self.urls.iter().map(|(_, url)| url))
    }

    /// The databases, each made by `target`. The first line with which something is wrong is named, and nothing is done
    /// then; nor is it where there is none.
    pub(in crate::cli) fn each<T>(
        &self,
        target: impl Fn(DatabaseUrl) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let targets = self.urls.iter().map(|(line, url)| {
            DatabaseUrl::parse(url)
                .map_err(Error::from)
                .and_then(&target)
                .map_err(|error| Error::InList {
                    list: self.name.clone(),
                    line: *line,
                    error: Box::new(error),
                })
        });
        let targets = targets.collect::<Result<Vec<T>, Error>>()?;
        if targets.is_empty() {
            let list = self.name.clone();
            return Err(Error::EmptyList { list });
        }
        Ok(targets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(text: &str) -> Result<Vec<String>, String> {
        let list = UrlList::of("urls.txt", text);
        let urls = list.each(|url| Ok(url.to_string()));
        urls.map_err(|error| error.to_string())
    }

    #[test]
    fn each_line_is_a_url_unless_it_is_empty_or_a_comment() {
        let text =
            "\u{feff}# all\r\n\r\n  sqlite://a.db \r\npostgres://u:hunter2@h/d\n#sqlite://c.db\n";
        assert_eq!(
            each(text),
            Ok(vec![
                "sqlite://a.db".to_owned(),
                "postgres://u:***@h/d".to_owned()
            ])
        );
    }

    #[test]
    fn what_is_wrong_is_named_by_its_line() {
        assert_eq!(
            each("sqlite://a.db\n\nu:hunter2@h/d\n"),
            Err("urls.txt, line 3: the database URL has no scheme".to_owned())
        );
        assert_eq!(
            each("# nothing\n"),
            Err("urls.txt names no database".to_owned())
        );
    }

    #[test]
    fn its_passwords_are_secrets_and_it_is_not_shown() {
        let list = UrlList::of(
            "urls.txt",
            "postgres://u:hunter2@h/d\nmysql://u:hunter3@h/d",
        );
        assert_eq!(list.secrets().mask("hunter2 hunter3"), "*** ***");
        assert!(!format!("{list:?}").contains("hunter"));
    }
}
