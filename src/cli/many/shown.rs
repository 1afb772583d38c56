//! What is told of one of many databases.

use serde_json::{Value, json};

use crate::cli::paint::Paint;
use crate::cli::text::one_line;
use crate::cli::{exit, highlight, json, report};
use crate::run::{Difference, Plan, Report, RunError, Status};

/// What was done or found, as it is told among others.
pub(in crate::cli) trait Shown {
    /// Whether it is what was asked for, and so is told to those, too, who want results alone.
    const IS_ASKED_FOR: bool;
    /// The words that the sum counts, in their order.
    const WORDS: &'static [&'static str];

    /// In a line or more, each of which says of which database. `known` is how many migrations a run was to bring it up
    /// to; none where it was no run.
    fn text(&self, name: &str, known: Option<usize>, paint: Paint) -> String;

    /// Which of the words it is, and what a single command would end with.
    fn standing(&self) -> (&'static str, u8);

    /// The fields that the single command has.
    fn json(&self) -> Value;

    /// What a person should know.
    fn warnings(&self) -> &[String];

    /// Why it comes to nothing, though it could be told.
    fn refusal(&self) -> Option<RunError> {
        None
    }
}

/// The line of a database.
pub(super) fn line(name: &str, text: &str) -> String {
    format!("{}\n", one_line(&format!("{name}: {text}")))
}

impl Shown for Report {
    const IS_ASKED_FOR: bool = false;
    const WORDS: &'static [&'static str] = &["changed", "unchanged"];

    fn text(&self, name: &str, known: Option<usize>, _paint: Paint) -> String {
        let text = match known {
            Some(known) => report::of_run(self, known),
            None => report::of_rollback(self),
        };
        line(name, &text)
    }

    fn standing(&self) -> (&'static str, u8) {
        if self.is_up_to_date() {
            ("unchanged", exit::OK)
        } else {
            ("changed", exit::OK)
        }
    }

    fn json(&self) -> Value {
        json::value(self)
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

impl Shown for Status {
    const IS_ASKED_FOR: bool = true;
    const WORDS: &'static [&'static str] = &["up to date", "pending"];

    fn text(&self, name: &str, _known: Option<usize>, _paint: Paint) -> String {
        line(name, &report::of_counts(self))
    }

    fn standing(&self) -> (&'static str, u8) {
        match self.pending() {
            0 => ("up to date", exit::OK),
            _ => ("pending", exit::PENDING),
        }
    }

    fn json(&self) -> Value {
        json::joined([json::counts(self), json::value(self)])
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}

impl Shown for Vec<Difference> {
    const IS_ASKED_FOR: bool = true;
    const WORDS: &'static [&'static str] = &["without drift", "with drift"];

    fn text(&self, name: &str, _known: Option<usize>, _paint: Paint) -> String {
        let lines = self.iter().map(|it| line(name, &it.to_string()));
        let count = match self.len() {
            0 => "no drift".to_owned(),
            1 => "1 difference".to_owned(),
            count => format!("{count} differences"),
        };
        lines.chain([line(name, &count)]).collect()
    }

    fn standing(&self) -> (&'static str, u8) {
        if self.is_empty() {
            ("without drift", exit::OK)
        } else {
            ("with drift", exit::DRIFT)
        }
    }

    fn json(&self) -> Value {
        json!({ "drift": self })
    }

    fn warnings(&self) -> &[String] {
        &[]
    }
}

/// What follows is SQL: of each database the whole goes into an engine's client as it is.
impl Shown for Plan {
    const IS_ASKED_FOR: bool = true;
    const WORDS: &'static [&'static str] = &["to be changed", "unchanged"];

    fn text(&self, name: &str, _known: Option<usize>, paint: Paint) -> String {
        let mut text = format!("-- {}\n", one_line(name)) + &report::of_plan(self, paint);
        if !self.migrations.is_empty() {
            text += "\n";
            text += &highlight::sql(&self.to_string(), paint);
        }
        text
    }

    fn standing(&self) -> (&'static str, u8) {
        if self.migrations.is_empty() {
            ("unchanged", exit::OK)
        } else {
            ("to be changed", exit::OK)
        }
    }

    fn json(&self) -> Value {
        json::value(self)
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn refusal(&self) -> Option<RunError> {
        Plan::refusal(self)
    }
}
