use std::fmt;

use super::{Inverse, drop_view::unknown};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::View;

/// Gives a view another query: [`Migration::replace_view`](crate::dsl::Migration::replace_view).
///
#[doc = include_str!("../../../docs/operations/replace_view.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct ReplaceView {
    /// The view as it is to be.
    pub view: View,
}

impl ReplaceView {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.replace_view(&self.view)
    }

    pub(super) fn inverse(&self, before: &Catalog) -> Inverse {
        match before.view(&self.view.name) {
            Some(view) => Inverse::Exact(vec![ReplaceView { view: view.clone() }.into()]),
            None => unknown(&self.view.name),
        }
    }
}

impl fmt::Display for ReplaceView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "replace view {}", self.view)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    #[test]
    fn the_way_back_is_the_view_as_it_was() {
        let old = view("v").everywhere("SELECT 1 AS n");
        let before = fold([CreateView { view: old.clone() }.into()]).unwrap();
        let new = view("v").on(Postgres, "SELECT 2 AS n").nothing_on(MySql);
        let replace = Operation::from(ReplaceView { view: new.clone() });
        let back = ReplaceView { view: old };
        assert_eq!(replace.inverse(&before), Inverse::Exact(vec![back.into()]));
        let mut catalog = before;
        replace.apply(&mut catalog).unwrap();
        assert_eq!(catalog.view("v"), Some(&new));
    }

    #[test]
    fn it_must_be_there_and_not_read_itself() {
        let replace = |view: View| Operation::from(ReplaceView { view });
        let error = fold([replace(view("v").everywhere("SELECT 1"))]);
        assert!(matches!(error, Err(OperationError::UnknownView { .. })));
        let v = view("v").everywhere("SELECT 1 AS n");
        let itself = replace(v.clone().depends_on(["v"]));
        assert!(fold([CreateView { view: v }.into(), itself]).is_err());
    }

    /// A view that there is on some engines alone comes and goes there.
    #[test]
    fn it_may_come_and_go() {
        let nowhere = view("v").everywhere("SELECT 1 AS n").nothing_on(Sqlite);
        let before = fold([CreateView { view: nowhere }.into()]).unwrap();
        let everywhere = view("v").everywhere("SELECT 1 AS n");
        let comes = Operation::from(ReplaceView { view: everywhere });
        let sql = |operation: &Operation, before: &crate::Catalog| {
            let statements = Sqlite.render(operation, before).unwrap();
            statements.into_iter().map(|it| it.sql).collect::<Vec<_>>()
        };
        assert!(
            sql(&comes, &before)
                .iter()
                .any(|it| it.starts_with("CREATE"))
        );
        let mut after = before.clone();
        comes.apply(&mut after).unwrap();
        let goes = comes.inverse(&before).operations()[0].clone();
        assert_eq!(sql(&goes, &after), [r#"DROP VIEW IF EXISTS "v""#]);
    }
}
