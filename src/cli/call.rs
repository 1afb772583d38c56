//! How the program was called: under which name, and with which words.

use std::ffi::OsString;
use std::path::Path;

use clap::{CommandFactory as _, FromArgMatches as _};

use super::args::{Command, Commands, MigrateByDefault};
use super::options::Output;

/// What is asked for, and how what happens is shown.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) command: Command,
    pub(super) output: Output,
}

/// The words of a command line, and what they say of the program itself.
#[derive(Debug)]
pub(super) struct Call {
    /// The name as a person typed it: `cargo hammerwork`, `migrate`.
    program: String,
    /// Whether the program migrates where no command is given.
    migrates: bool,
    words: Vec<OsString>,
}

impl Call {
    /// Reads the program's name. A subcommand of cargo's is called with its own name as the first word.
    pub(super) fn of(mut words: Vec<OsString>) -> Self {
        let name = words
            .first()
            .and_then(|path| Path::new(path).file_stem())
            .map_or_else(
                || "migrate".to_owned(),
                |stem| stem.to_string_lossy().into_owned(),
            );
        let subcommand = name.strip_prefix("cargo-");
        let by_cargo = subcommand.is_some_and(|it| words.get(1).is_some_and(|word| word == it));
        if by_cargo {
            words.remove(1);
        }
        Call {
            program: match subcommand {
                Some(subcommand) if by_cargo => format!("cargo {subcommand}"),
                Some(_) | None => name.clone(),
            },
            migrates: subcommand.is_none(),
            words,
        }
    }

    /// What is asked for; the error is also how clap hands over help and version.
    pub(super) fn parse(&self) -> Result<Asked, clap::Error> {
        let mut grammar = self.grammar();
        let words = command_first(&grammar, self.words.clone());
        let matches = grammar.try_get_matches_from_mut(words)?;
        let asked = if self.migrates {
            MigrateByDefault::from_arg_matches(&matches).map(|it| Asked {
                output: it.output.clone(),
                command: it.command_or_migrate().without_aliases(),
            })
        } else {
            Commands::from_arg_matches(&matches).map(|it| Asked {
                output: it.output,
                command: it.command.without_aliases(),
            })
        };
        asked.map_err(|error| error.format(&mut grammar))
    }

    /// The name of the file that is run, or of the one that cargo runs: `migrate`, `cargo-hammerwork`.
    pub(super) fn executable(&self) -> String {
        self.program.replace(' ', "-")
    }

    /// All words that this program understands.
    pub(super) fn grammar(&self) -> clap::Command {
        let grammar = if self.migrates {
            MigrateByDefault::command()
        } else {
            Commands::command()
        };
        grammar
            .name(self.program.clone())
            .bin_name(self.program.clone())
            // What has a version is the library, whichever program it is in.
            .display_name(env!("CARGO_PKG_NAME"))
            .max_term_width(100)
    }
}

/// Options may stand before the command that they are for, as in `migrate --database-url U status`.
fn command_first(grammar: &clap::Command, mut words: Vec<OsString>) -> Vec<OsString> {
    let mut position = 1;
    while let Some(word) = words.get(position).and_then(|it| it.to_str()) {
        if grammar.find_subcommand(word).is_some() {
            words[1..=position].rotate_right(1);
            break;
        }
        let option = match word.strip_prefix("--") {
            Some(option) if !option.is_empty() => option,
            // None of one letter takes a value.
            None if word.len() > 1 && word.starts_with('-') => "",
            Some(_) | None => break,
        };
        // The word after it is its value, whatever it looks like.
        position += if takes_value(grammar, option) { 2 } else { 1 };
    }
    words
}

fn takes_value(grammar: &clap::Command, option: &str) -> bool {
    grammar
        .get_subcommands()
        .flat_map(clap::Command::get_arguments)
        .chain(grammar.get_arguments())
        .any(|it| it.get_long() == Some(option) && it.get_action().takes_values())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(words: &[&str]) -> Call {
        Call::of(words.iter().map(OsString::from).collect())
    }

    #[test]
    fn cargo_repeats_the_name_of_its_subcommand() {
        for (words, program, left) in [
            (
                &["/bin/cargo-hammerwork", "hammerwork", "status"][..],
                "cargo hammerwork",
                2,
            ),
            (&["cargo-hammerwork", "status"], "cargo-hammerwork", 2),
            (&["cargo-acme", "acme", "status"], "cargo acme", 2),
            (&["/app/migrate", "status"], "migrate", 2),
            (&["migrate", "migrate"], "migrate", 2),
            (&[], "migrate", 0),
        ] {
            let call = call(words);
            assert_eq!(
                (call.program.as_str(), call.words.len()),
                (program, left),
                "{words:?}"
            );
        }
    }

    #[test]
    fn the_grammars_are_sound() {
        Commands::command().debug_assert();
        MigrateByDefault::command().debug_assert();
    }

    #[test]
    fn only_what_is_no_subcommand_of_cargos_migrates_by_default() {
        assert!(matches!(
            call(&["migrate"]).parse().map(|it| it.command),
            Ok(Command::Migrate(_))
        ));
        assert!(matches!(
            call(&["acme-db", "--allow-unknown"]).parse().map(|it| it.command),
            Ok(Command::Migrate(it)) if it.allow_unknown
        ));
        assert!(call(&["cargo-hammerwork"]).parse().is_err());
        assert!(call(&["cargo-hammerwork", "hammerwork"]).parse().is_err());
    }

    #[test]
    fn what_is_asked_for_can_be_shown_without_the_password() {
        let url = "postgres://app:hunter2@h/d";
        for command in ["migrate", "status", "verify", "preview", "lock", "repair"] {
            let parsed = call(&["migrate", command, "--database-url", url]).parse();
            let shown = format!("{parsed:?} {parsed:#?}");
            assert!(parsed.is_ok() && !shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn status_is_a_command_and_an_option() {
        for words in [
            &["migrate", "--status"][..],
            &["migrate", "status"],
            &["migrate", "migrate", "--status"],
            &["cargo-hammerwork", "hammerwork", "migrate", "--status"],
            &["cargo-hammerwork", "status"],
        ] {
            assert!(
                matches!(
                    call(words).parse().map(|it| it.command),
                    Ok(Command::Status(_))
                ),
                "{words:?}"
            );
        }
    }

    #[test]
    fn options_may_stand_before_their_command() {
        let url = ["--database-url", "sqlite://a.db"];
        for words in [
            &["migrate", url[0], url[1], "status"][..],
            &["migrate", "--database-url=sqlite://a.db", "status"],
            &["cargo-hammerwork", "hammerwork", url[0], url[1], "status"],
        ] {
            let Ok(Command::Status(status)) = call(words).parse().map(|it| it.command) else {
                panic!("{words:?}");
            };
            assert!(status.database.database_url.is_some(), "{words:?}");
        }
        // A value is no command, and an option is only for the commands that have it.
        let schema = call(&["migrate", "--schema", "status"])
            .parse()
            .map(|it| it.command);
        assert!(matches!(schema, Ok(Command::Migrate(_))), "{schema:?}");
        let strict = call(&["migrate", "--strict-order", "status"]).parse();
        assert!(strict.is_err(), "{strict:?}");
        assert!(call(&["migrate", "--", "status"]).parse().is_err());
    }
}
