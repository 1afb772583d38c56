//! How an index is built.

use std::fmt;

/// The structure of an index, for [`Index::using`](super::Index::using).
///
/// | method | PostgreSQL | MySQL, MariaDB | SQLite |
/// |---|---|---|---|
/// | [`BTree`](Self::BTree) | `btree` | B-tree | B-tree |
/// | [`Hash`](Self::Hash) | `hash` | B-tree, with a note | B-tree, with a note |
/// | [`Brin`](Self::Brin) | `brin` | B-tree, with a note | B-tree, with a note |
/// | [`Gin`](Self::Gin), [`Gist`](Self::Gist), [`SpGist`](Self::SpGist) | `gin`, `gist`, `spgist` | left out, with a note | left out, with a note |
/// | [`Fulltext`](Self::Fulltext) | `gin` over `to_tsvector('simple', ..)`, with a note | `FULLTEXT` | left out, with a note |
///
/// What is left out only concerned speed: none of these can be unique.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexMethod {
    /// Sorted: for equality, ranges and order. What every index is, unless it is told otherwise.
    #[default]
    BTree,
    /// For equality of one column alone.
    Hash,
    /// Inverted: for what is inside documents, arrays and texts.
    Gin,
    /// A balanced tree of any kind: for ranges, places and nearness.
    Gist,
    /// An unbalanced tree of any kind: for places and prefixes.
    SpGist,
    /// The bounds of blocks of rows: small, for values that come in the rows' order.
    Brin,
    /// The words of texts.
    Fulltext,
}

impl IndexMethod {
    /// Whether it keeps its entries in an order, which has a direction and can be unique.
    pub(crate) fn is_sorted(self) -> bool {
        match self {
            IndexMethod::BTree => true,
            IndexMethod::Hash
            | IndexMethod::Gin
            | IndexMethod::Gist
            | IndexMethod::SpGist
            | IndexMethod::Brin
            | IndexMethod::Fulltext => false,
        }
    }

    /// Whether it can carry the values of further columns along.
    pub(crate) fn carries_columns(self) -> bool {
        match self {
            IndexMethod::BTree | IndexMethod::Gist | IndexMethod::SpGist => true,
            IndexMethod::Hash | IndexMethod::Gin | IndexMethod::Brin | IndexMethod::Fulltext => {
                false
            }
        }
    }
}

/// In the words of the DSL: `gin`.
impl fmt::Display for IndexMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IndexMethod::BTree => "btree",
            IndexMethod::Hash => "hash",
            IndexMethod::Gin => "gin",
            IndexMethod::Gist => "gist",
            IndexMethod::SpGist => "spgist",
            IndexMethod::Brin => "brin",
            IndexMethod::Fulltext => "fulltext",
        })
    }
}
