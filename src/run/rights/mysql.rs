//! MySQL and MariaDB: what an account was granted, as the server writes it. To ask the views of `information_schema` takes it as
//! long as to make a table.

use std::collections::BTreeSet;

use super::Needs;
use crate::run::driver::Row;

impl Needs {
    pub(super) const QUESTION_FOR_MYSQL: &str =
        "SELECT DATABASE(), @@GLOBAL.read_only, CURRENT_ROLE(); SHOW GRANTS";

    pub(super) fn missing_on_mysql(&self, rows: &[Row]) -> Vec<String> {
        let granted = Granted::read(rows);
        if granted.is_unclear {
            return Vec::new();
        }
        let mut missing = Vec::new();
        let above = ["SUPER", "CONNECTION_ADMIN", "READ_ONLY ADMIN"];
        if granted.server_is_read_only && !above.iter().any(|it| granted.has_on_server(it)) {
            missing.push("a server that can be written to: this one is read-only".to_owned());
        }
        // https://dev.mysql.com/doc/refman/9.4/en/alter-table.html: ALTER TABLE needs ALTER, CREATE and INSERT,
        // also where it makes or drops indexes and columns.
        let altering = !self.alter.is_empty();
        let needed = [
            ("SELECT", true),
            ("INSERT", true),
            // The journal is written with REPLACE.
            ("DELETE", true),
            (
                "UPDATE",
                self.rows.iter().any(|(_, right)| *right == "UPDATE"),
            ),
            ("CREATE", self.create || altering),
            ("ALTER", altering),
            ("DROP", self.drop),
            ("CREATE VIEW", self.create_view),
            ("TRIGGER", self.trigger),
            ("CREATE ROUTINE", self.create_function),
            ("REFERENCES", !self.refer.is_empty()),
        ];
        for (name, is_needed) in needed {
            if is_needed && !granted.has(name) {
                missing.push(format!("{name} on the database"));
            }
        }
        missing
    }
}

/// What the account may do with the whole database.
#[derive(Debug, Default, PartialEq)]
struct Granted<'r> {
    /// On all databases.
    on_server: BTreeSet<&'r str>,
    on_database: BTreeSet<&'r str>,
    server_is_read_only: bool,
    /// Whether there is a grant on some tables, by a role, or with exceptions, or nothing is known: then the server decides.
    is_unclear: bool,
}

impl<'r> Granted<'r> {
    /// Reads what [`Needs::QUESTION_FOR_MYSQL`] answers.
    fn read(rows: &'r [Row]) -> Self {
        let mut granted = Granted::default();
        let Some((state, grants)) = rows.split_first() else {
            granted.is_unclear = true;
            return granted;
        };
        let mut state = state.iter().map(|it| it.as_deref().unwrap_or_default());
        let mut next = || state.next().unwrap_or_default();
        let database = next();
        granted.server_is_read_only = matches!(next(), "1" | "ON");
        granted.is_unclear = !matches!(next(), "" | "NONE");
        for grant in grants {
            let text = grant.first().and_then(Option::as_deref);
            granted.add(text.unwrap_or_default(), database);
        }
        granted
    }

    /// `GRANT right, right ON object TO account`. Roles are granted without an object.
    fn add(&mut self, grant: &'r str, database: &str) {
        self.is_unclear |= grant.starts_with("REVOKE ");
        let Some((rights, object)) = grant
            .strip_prefix("GRANT ")
            .filter(|it| !it.starts_with('`'))
            .and_then(|it| it.split_once(" ON "))
        else {
            return;
        };
        let routines = ["PROCEDURE ", "FUNCTION ", "PACKAGE "];
        if rights == "PROXY" || routines.iter().any(|it| object.starts_with(it)) {
            return;
        }
        match Object::read(object) {
            Some(Object::Everything) => self.on_server.extend(rights.split(", ")),
            Some(Object::Databases(pattern)) => {
                if is_like(database, &pattern) {
                    self.on_database.extend(rights.split(", "));
                }
            }
            Some(Object::OneOf(name)) => self.is_unclear |= name.eq_ignore_ascii_case(database),
            // A server may be told to write names without backticks.
            None => self.is_unclear = true,
        }
    }

    fn has(&self, right: &str) -> bool {
        includes(&self.on_database, right) || self.has_on_server(right)
    }

    fn has_on_server(&self, right: &str) -> bool {
        includes(&self.on_server, right)
    }
}

fn includes(rights: &BTreeSet<&str>, right: &str) -> bool {
    rights.contains("ALL PRIVILEGES") || rights.contains(right)
}

/// What rights were granted on.
#[derive(Debug, PartialEq)]
enum Object {
    Everything,
    /// All databases with a name like this.
    Databases(String),
    /// A table of that database.
    OneOf(String),
}

impl Object {
    /// Reads it where it stands before the account: `*.*`, or names in backticks. None where it is neither.
    fn read(text: &str) -> Option<Self> {
        if text.starts_with("*.*") {
            return Some(Object::Everything);
        }
        let mut name = String::new();
        let mut rest = text.strip_prefix('`')?;
        loop {
            let (part, after) = rest.split_once('`')?;
            name += part;
            match after.strip_prefix('`') {
                Some(after) => {
                    name.push('`');
                    rest = after;
                }
                None if after.starts_with(".*") => return Some(Object::Databases(name)),
                None => return Some(Object::OneOf(name)),
            }
        }
    }
}

/// SQL's LIKE, which compares the names of databases with those in grants.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut rest = pattern.chars();
    let Some(first) = rest.next() else {
        return text.is_empty();
    };
    if first == '%' {
        let mut starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        return starts.any(|at| is_like(&text[at..], rest.as_str()));
    }
    let wanted = if first == '\\' { rest.next() } else { None };
    let mut left = text.chars();
    let fits = left.next().is_some_and(|it| match wanted {
        Some(wanted) => it.eq_ignore_ascii_case(&wanted),
        None => first == '_' || it.eq_ignore_ascii_case(&first),
    });
    fits && is_like(left.as_str(), rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(state: [&str; 3], grants: &[&str]) -> Vec<Row> {
        let state = state.map(|it| Some(it.to_owned())).to_vec();
        let grants = grants.iter().map(|it| vec![Some((*it).to_owned())]);
        [state].into_iter().chain(grants).collect()
    }

    #[test]
    fn rights_on_the_database_count_and_no_others() {
        let grants = [
            "GRANT USAGE ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*0123'",
            "GRANT SELECT, CREATE VIEW ON `shop\\_%`.* TO `app`@`%`",
            "GRANT INSERT ON `shop`.* TO `app`@`%`",
            "GRANT DELETE ON `other`.`shop_1` TO `app`@`%`",
            "GRANT EXECUTE ON PROCEDURE `shop_1`.`count` TO `app`@`%`",
            "GRANT PROXY ON ''@'%' TO 'app'@'%' WITH GRANT OPTION",
            "GRANT `reader` TO `app`@`%`",
            "SET DEFAULT ROLE `reader` FOR `app`@`%`",
        ];
        let rows = rows(["shop_1", "0", "NONE"], &grants);
        let granted = Granted::read(&rows);
        assert_eq!(granted.on_server, BTreeSet::from(["USAGE"]));
        assert_eq!(
            granted.on_database,
            BTreeSet::from(["SELECT", "CREATE VIEW"])
        );
        assert!(!granted.is_unclear && !granted.server_is_read_only);
        assert!(granted.has("CREATE VIEW") && !granted.has("INSERT"));
    }

    #[test]
    fn all_of_them_are_each_of_them() {
        let rows = rows(
            ["shop", "1", ""],
            &["GRANT ALL PRIVILEGES ON *.* TO `a`@`%`"],
        );
        let granted = Granted::read(&rows);
        assert!(granted.has("TRIGGER") && granted.server_is_read_only);
    }

    #[test]
    fn what_a_database_alone_does_not_tell_is_unclear() {
        for (role, grant) in [
            ("`reader`@`%`", "GRANT SELECT ON *.* TO `a`@`%`"),
            ("NONE", "GRANT SELECT (`id`) ON `shop`.`orders` TO `a`@`%`"),
            ("NONE", "REVOKE SELECT ON `shop`.* FROM `a`@`%`"),
            ("NONE", "GRANT SELECT ON shop.* TO a@`%`"),
        ] {
            let rows = rows(["shop", "0", role], &[grant]);
            assert!(Granted::read(&rows).is_unclear, "{grant}");
        }
    }

    #[test]
    fn names_in_grants_are_patterns() {
        for (text, pattern, like) in [
            ("shop", "shop", true),
            ("Shop", "sHop", true),
            ("shop_1", "shop\\_1", true),
            ("shopx1", "shop\\_1", false),
            ("shopx1", "shop_1", true),
            ("shop", "s%p", true),
            ("shop", "s%q", false),
            ("shop", "%", true),
            ("", "%", true),
            ("shop", "sho", false),
            ("sho", "shop", false),
            ("größe", "gr__e", true),
        ] {
            assert_eq!(is_like(text, pattern), like, "{text} {pattern}");
        }
        assert_eq!(
            Object::read("`a``b`.* TO `x`@`%`"),
            Some(Object::Databases("a`b".to_owned()))
        );
    }
}
