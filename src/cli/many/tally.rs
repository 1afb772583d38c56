//! What is told of many databases, and what the program ends with.

use std::sync::Arc;

use serde_json::{Value, json};

use super::shown::{Shown, line};
use crate::cli::console::Console;
use crate::cli::error::Error;
use crate::cli::exit;
use crate::cli::progress::Progress;
use crate::run::{Each, Outcome, Outcomes, Places, RunError};

/// Tells of each database as soon as it and those before it are done, and of all in the end.
pub(in crate::cli) struct Tally<'t> {
    console: &'t Console,
    progress: Arc<Progress>,
    json: bool,
    /// How many migrations a run is to bring each up to.
    known: Option<usize>,
}

impl<'t> Tally<'t> {
    pub(in crate::cli) fn new(
        console: &'t Console,
        progress: Arc<Progress>,
        json: bool,
        known: Option<usize>,
    ) -> Self {
        Tally {
            console,
            progress,
            json,
            known,
        }
    }

    /// Has it tell what is waited for.
    pub(in crate::cli) fn listen<P: Places>(&self, each: Each<P>) -> Each<P> {
        let progress = Arc::clone(&self.progress);
        each.observe(move |name, event| progress.tell_of(name, event))
    }

    /// Tells of one: on stdout what was done or found, on stderr why it failed.
    pub(in crate::cli) fn tell<T: Shown>(&self, outcome: &Outcome<T, Error>) {
        let name = &outcome.name;
        let result = outcome.result.as_ref();
        for warning in result.map(T::warnings).unwrap_or_default() {
            self.progress
                .beside_bar(|| self.console.warning(&format!("{name}: {warning}")));
        }
        let paint = self.console.paint();
        let done = result
            .filter(|it| outcome.error.is_none() || is_more_than_nothing(*it))
            .map(|it| it.text(name, self.known, paint));
        let end = match &outcome.error {
            None => None,
            Some(error) if error.is_stopped() => Some(line(name, &error.to_string())),
            Some(_) => Some(line(name, "failed")),
        };
        if !self.json {
            let text: String = done.into_iter().chain(end).collect();
            self.progress.print_result(&text, T::IS_ASKED_FOR);
        }
        let refusal = result.and_then(T::refusal).map(Error::from);
        if let Some(error) = outcome.error.as_ref().or(refusal.as_ref())
            && !error.is_stopped()
        {
            self.progress
                .beside_bar(|| self.console.failure_of(name, error));
        }
    }

    /// Tells of all, and says what the program ends with.
    pub(in crate::cli) fn finish<T: Shown>(
        &self,
        outcomes: &Outcomes<T, Error>,
    ) -> Result<u8, Error> {
        self.progress.finish()?;
        let sum = Sum::of(outcomes);
        if self.json {
            self.console.print(sum.json(self.console, outcomes))?;
        } else if T::IS_ASKED_FOR {
            self.console.print(sum.text::<T>())?;
        } else {
            self.console.tell(sum.text::<T>())?;
        }
        Ok(sum.code)
    }
}

/// A run that failed at its first step has nothing to tell of what was done.
fn is_more_than_nothing<T: Shown>(result: &T) -> bool {
    let (word, _) = result.standing();
    T::WORDS.first() == Some(&word)
}

/// All outcomes, counted.
struct Sum {
    all: usize,
    words: Vec<&'static str>,
    failed: usize,
    stopped: usize,
    code: u8,
}

impl Sum {
    fn of<T: Shown>(outcomes: &Outcomes<T, Error>) -> Sum {
        let mut sum = Sum {
            all: outcomes.databases.len(),
            words: Vec::new(),
            failed: 0,
            stopped: 0,
            code: exit::OK,
        };
        for outcome in &outcomes.databases {
            let refused = outcome.result.as_ref().and_then(T::refusal);
            match (&outcome.error, &outcome.result) {
                (Some(error), _) if error.is_stopped() => sum.stopped += 1,
                (Some(_), _) | (None, None) => sum.failed += 1,
                (None, Some(_)) if refused.is_some() => sum.failed += 1,
                (None, Some(result)) => {
                    let (word, code) = result.standing();
                    sum.words.push(word);
                    sum.code = sum.code.max(code);
                }
            }
        }
        if sum.failed > 0 || sum.stopped > 0 {
            sum.code = exit::FAILED;
        }
        sum
    }

    fn text<T: Shown>(&self) -> String {
        let noun = if self.all == 1 {
            "database"
        } else {
            "databases"
        };
        let words = T::WORDS.iter().map(|word| {
            let count = self.words.iter().filter(|it| *it == word).count();
            (count, *word)
        });
        let parts: Vec<String> = words
            .chain([(self.failed, "failed"), (self.stopped, "stopped")])
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        format!("{} {noun}: {}\n", self.all, parts.join(", "))
    }

    fn json<T: Shown>(&self, console: &Console, outcomes: &Outcomes<T, Error>) -> String {
        let databases: Vec<Value> = outcomes
            .databases
            .iter()
            .map(|outcome| {
                let refusal = outcome.result.as_ref().and_then(T::refusal);
                let refusal = refusal.map(Error::from);
                let error = outcome.error.as_ref().or(refusal.as_ref());
                json!({
                    "name": outcome.name,
                    "result": outcome.result.as_ref().map(T::json),
                    "error": error.map(|it| console.json(it)),
                })
            })
            .collect();
        crate::cli::json::document([json!({
            "succeeded": self.words.len(),
            "failed": self.failed,
            "stopped": self.stopped,
            "databases": databases,
        })])
    }
}

impl<T> Outcome<T, Error> {
    /// Whether it is not done because a stop was asked for.
    pub(in crate::cli) fn is_stopped(&self) -> bool {
        self.error.as_ref().is_some_and(Error::is_stopped)
    }
}

impl Error {
    /// Whether it is no failure but an end that was asked for.
    fn is_stopped(&self) -> bool {
        matches!(
            self,
            Error::Run {
                error: RunError::Stopped { .. },
                ..
            }
        )
    }
}
