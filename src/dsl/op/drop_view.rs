use std::fmt;

use super::{CreateView, Inverse};
use crate::catalog::{Catalog, OperationError};

/// Drops a view: [`Migration::drop_view`](crate::dsl::Migration::drop_view).
///
#[doc = include_str!("../../../docs/operations/drop_view.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct DropView {
    /// The name of the view.
    pub view: String,
}

impl DropView {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.remove_view(&self.view)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        match before.view(&self.view) {
            Some(view) => Inverse::Exact(vec![CreateView { view: view.clone() }.into()]),
            None => unknown(&self.view),
        }
    }
}

pub(super) fn unknown(view: &str) -> Inverse {
    Inverse::None {
        reason: format!("the schema before it has no view {view}"),
    }
}

impl fmt::Display for DropView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "drop view {}", self.view)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    #[test]
    fn an_unknown_view_cannot_be_dropped() {
        let error = fold([DropView { view: "v".into() }.into()]);
        assert!(matches!(error, Err(OperationError::UnknownView { .. })));
    }

    #[test]
    fn the_way_back_is_the_view_and_its_name_is_free() {
        let v = CreateView {
            view: view("v").everywhere("SELECT 1 AS n"),
        };
        let drop = Operation::from(DropView { view: "v".into() });
        let before = fold([v.clone().into()]).unwrap();
        assert_eq!(
            drop.inverse(&before),
            Inverse::Exact(vec![v.clone().into()])
        );
        let table = CreateTable {
            table: table("v").columns([integer("id")]),
        };
        assert!(fold([v.into(), drop, table.into()]).is_ok());
    }
}
