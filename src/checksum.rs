//! What a migration means, as a number: a renderer that is mended does not change it.

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
        let concurrently = self.concurrently.then(|| "concurrently".to_owned());
        let operations = self.operations.iter().map(ToString::to_string);
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
        sha256([self.to_string()])
    }
}

fn sha256(texts: impl IntoIterator<Item = String>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        // The length before each text keeps two lists with the same joined text apart.
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    // A migration is hashed at every start: one text for all digits, and not one for each byte.
    let mut digits = String::with_capacity(64);
    for byte in hash.finalize() {
        for half in [byte >> 4, byte & 0xF] {
            digits.extend(char::from_digit(u32::from(half), 16));
        }
    }
    digits
}
