//! What a migration means, as a number: a renderer that is mended does not change it.

use std::fmt::{self, Display, Write};

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
        Hashed::default().checksum(texts(self))
    }
}

impl Migrations {
    /// The checksums of all migrations, in their order.
    pub(crate) fn checksums(&self) -> Vec<String> {
        let mut hashed = Hashed::default();
        self.iter().map(|it| hashed.checksum(texts(it))).collect()
    }
}

/// The SHA-256 of what a whole history does, in hexadecimal: of all ids, each with what is hashed of its migration. It takes
/// less time than their checksums.
pub(crate) fn digest(history: &Migrations) -> String {
    let (mut hashed, mut all) = (Hashed::default(), Sha256::new());
    for migration in history {
        let id = [&migration.id as &dyn Display];
        hashed.write(id.into_iter().chain(texts(migration)));
        all.update((hashed.0.len() as u64).to_be_bytes());
        all.update(&hashed.0);
    }
    hexadecimal(&all.finalize())
}

impl Operation {
    /// The SHA-256 of one operation's text, in hexadecimal.
    pub(crate) fn checksum(&self) -> String {
        Hashed::default().checksum([self as &dyn Display])
    }
}

/// What of a migration is hashed.
fn texts(migration: &Migration) -> impl Iterator<Item = &dyn Display> {
    let concurrently = migration
        .concurrently
        .then_some(&"concurrently" as &dyn Display);
    let operations = migration.operations.iter().map(|it| it as &dyn Display);
    concurrently.into_iter().chain(operations)
}

/// The bytes that are hashed. A migration is hashed at every start, so all of them are written into one room, and each is
/// hashed as a whole.
#[derive(Default)]
struct Hashed(Vec<u8>);

impl Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

impl Hashed {
    /// The SHA-256 of those texts, in hexadecimal.
    fn checksum<'t>(&mut self, texts: impl IntoIterator<Item = &'t dyn Display>) -> String {
        self.write(texts);
        hexadecimal(&Sha256::digest(&self.0))
    }

    /// Writes those texts, in place of all that was there.
    fn write<'t>(&mut self, texts: impl IntoIterator<Item = &'t dyn Display>) {
        const LENGTH: usize = size_of::<u64>();
        self.0.clear();
        for text in texts {
            let start = self.0.len();
            self.0.extend([0; LENGTH]);
            // Writing to a text can't fail.
            let _ = write!(self, "{text}");
            // The length before each text keeps two lists with the same joined text apart.
            let length = (self.0.len() - start - LENGTH) as u64;
            self.0[start..][..LENGTH].copy_from_slice(&length.to_be_bytes());
        }
    }
}

/// A number for a text, the same on every machine: the first eight bytes of its SHA-256.
pub(crate) fn number(text: &str) -> i64 {
    let mut start = [0; size_of::<i64>()];
    let digest = Sha256::digest(text);
    start.copy_from_slice(&digest[..size_of::<i64>()]);
    i64::from_be_bytes(start)
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let halves = bytes.iter().flat_map(|it| [it >> 4, it & 0xF]);
    let digits: Vec<u8> = halves.map(|it| DIGITS[usize::from(it)]).collect();
    String::from_utf8_lossy(&digits).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(ids: [&str; 2], tables: [&[&str]; 2]) -> Migrations {
        let migrations = ids.into_iter().zip(tables).map(|(id, tables)| {
            let migration = Migration::new(id, "Tables go");
            tables
                .iter()
                .fold(migration, |it, table| it.drop_table(*table))
        });
        Migrations::new(migrations)
    }

    #[test]
    fn a_digest_tells_ids_and_operations_and_their_migration_apart() {
        let this = history(["001", "002"], [&["a", "b"], &["c"]]);
        assert_eq!(digest(&this), digest(&this.clone()));
        assert_eq!(digest(&this).len(), 64);
        for other in [
            history(["001", "003"], [&["a", "b"], &["c"]]),
            history(["001", "002"], [&["a"], &["b", "c"]]),
            history(["001", "002"], [&["a", "c"], &["b"]]),
            history(["001", "002"], [&["a", "b"], &[]]),
        ] {
            assert_ne!(digest(&this), digest(&other), "{other:?}");
        }
    }
}
