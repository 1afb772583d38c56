//! What a migration means, as a number: a renderer that is mended does not change it.

use std::fmt::{Display, Write};

use sha2::{Digest, Sha256};

use crate::dsl::{Migration, Migrations, Operation};

impl Migration {
    /// The SHA-256 of what the migration does, in hexadecimal: of its operations' text in the words of the
    /// DSL, not of any engine's SQL, and not of its summary.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let about = |summary| Migration::new("001_tags", summary).drop_table("tags");
    /// assert_eq!(about("No tags").checksum(), about("Tags go").checksum());
    /// assert_ne!(about("No tags").checksum(), about("No tags").drop_table("more").checksum());
    /// assert_eq!(about("No tags").checksum().len(), 64);
    /// ```
    #[must_use]
    pub fn checksum(&self) -> String {
        let concurrently = self.concurrently.then_some(&"concurrently" as &dyn Display);
        let operations = self.operations.iter().map(|it| it as &dyn Display);
        sha256(concurrently.into_iter().chain(operations))
    }
}

impl Migrations {
    /// The checksums of all migrations, in their order.
    pub(crate) fn checksums(&self) -> Vec<String> {
        self.iter().map(Migration::checksum).collect()
    }
}

impl Operation {
    /// The SHA-256 of one operation's text, in hexadecimal.
    pub(crate) fn checksum(&self) -> String {
        sha256([self as &dyn Display])
    }
}

/// A migration is hashed at every start, so that one text serves all of them, and one serves all digits.
fn sha256<'t>(texts: impl IntoIterator<Item = &'t dyn Display>) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hash = Sha256::new();
    let mut text = String::new();
    for it in texts {
        text.clear();
        // Writing to a text can't fail.
        let _ = write!(text, "{it}");
        // The length before each text keeps two lists with the same joined text apart.
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(&text);
    }
    let halves = hash
        .finalize()
        .into_iter()
        .flat_map(|it| [it >> 4, it & 0xF]);
    halves
        .map(|it| char::from(DIGITS[usize::from(it)]))
        .collect()
}
