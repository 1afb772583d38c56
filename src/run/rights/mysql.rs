//! MySQL and MariaDB: the views of `information_schema` tell what was granted.

use super::Needs;
use crate::run::driver::Row;

impl Needs {
    /// A grant on some tables, or by a role, can't be read off these views: then the server decides.
    pub(super) fn question_for_mysql() -> String {
        format!(
            "SELECT 'right', PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = {GRANTEE} \
             UNION SELECT 'right', PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES \
                 WHERE GRANTEE = {GRANTEE} AND DATABASE() LIKE TABLE_SCHEMA \
             UNION SELECT 'unclear', 'table' FROM information_schema.TABLE_PRIVILEGES \
                 WHERE GRANTEE = {GRANTEE} AND TABLE_SCHEMA = DATABASE() \
             UNION SELECT 'unclear', 'role' FROM DUAL WHERE COALESCE(CURRENT_ROLE(), 'NONE') <> 'NONE' \
             UNION SELECT 'read-only', 'yes' FROM DUAL WHERE @@GLOBAL.read_only"
        )
    }

    pub(super) fn missing_on_mysql(&self, rows: &[Row]) -> Vec<String> {
        let has = |kind: &str, name: Option<&str>| {
            rows.iter().any(|row| {
                row.first().and_then(Option::as_deref) == Some(kind)
                    && name.is_none_or(|name| row.get(1).and_then(Option::as_deref) == Some(name))
            })
        };
        if has("unclear", None) {
            return Vec::new();
        }
        let mut missing = Vec::new();
        let above = ["SUPER", "CONNECTION_ADMIN", "READ_ONLY ADMIN"];
        if has("read-only", None) && !above.iter().any(|name| has("right", Some(name))) {
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
        for (name, _) in needed
            .iter()
            .filter(|(name, needed)| *needed && !has("right", Some(name)))
        {
            missing.push(format!("{name} on the database"));
        }
        missing
    }
}

/// The account as the views of `information_schema` write it: `'user'@'host'`.
const GRANTEE: &str = "CONCAT('''', SUBSTRING_INDEX(CURRENT_USER(), '@', 1), '''@''', \
                       SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')";
