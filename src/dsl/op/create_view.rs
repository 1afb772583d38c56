use std::fmt;

use super::{DropView, Inverse};
use crate::catalog::{Catalog, OperationError};
use crate::dsl::View;

/// Makes a view: [`Migration::create_view`](crate::dsl::Migration::create_view).
///
#[doc = include_str!("../../../docs/operations/create_view.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct CreateView {
    /// The view.
    pub view: View,
}

impl CreateView {
    pub(super) fn apply(&self, catalog: &mut Catalog) -> Result<(), OperationError> {
        catalog.add_view(&self.view)
    }

    pub(super) fn inverse(&self, _before: &Catalog) -> Inverse {
        Inverse::Exact(vec![
            DropView {
                view: self.view.name.clone(),
            }
            .into(),
        ])
    }
}

impl fmt::Display for CreateView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "create view {}", self.view)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{OperationError, tests::fold};
    use crate::dsl::*;

    fn jobs() -> Operation {
        let table = table("jobs").columns([integer("id").primary_key()]);
        CreateTable { table }.into()
    }

    fn open() -> View {
        view("open")
            .everywhere("SELECT id FROM jobs")
            .depends_on(["jobs"])
    }

    fn create(view: View) -> Operation {
        CreateView { view }.into()
    }

    #[test]
    fn its_name_is_taken_among_tables_and_indexes() {
        let named = |name: &str| create(view(name).everywhere("SELECT 1 AS one"));
        for taken in ["jobs", "JOBS", "jobs_pkey", "sqlite_x", "a`b"] {
            assert!(fold([jobs(), named(taken)]).is_err(), "{taken}");
        }
        let table = CreateTable {
            table: table("one").columns([integer("id")]),
        };
        let error = fold([named("one"), table.into()]);
        assert!(
            matches!(error, Err(OperationError::NameCollision { .. })),
            "{error:?}"
        );
        let error = fold([named("one"), named("one")]);
        assert!(
            matches!(error, Err(OperationError::DuplicateView { .. })),
            "{error:?}"
        );
    }

    #[test]
    fn what_it_reads_must_be_there_and_stays() {
        assert!(matches!(
            fold([create(open())]),
            Err(OperationError::UnknownTable { .. })
        ));
        let more = create(view("more").everywhere("SELECT 1").depends_on(["open"]));
        let drop_table = DropTable {
            table: "jobs".into(),
        };
        let rename = RenameTable {
            table: "jobs".into(),
            to: "tasks".into(),
        };
        let drop_view = DropView {
            view: "open".into(),
        };
        for refused in [drop_table.into(), rename.into(), drop_view.clone().into()] {
            let error = fold([jobs(), create(open()), more.clone(), refused]);
            assert!(
                matches!(error, Err(OperationError::ReadByView { .. })),
                "{error:?}"
            );
        }
        assert!(fold([jobs(), create(open()), drop_view.into()]).is_ok());
    }

    #[test]
    fn a_view_without_a_query_is_a_mistake() {
        let error = fold([create(view("none"))]);
        assert!(matches!(error, Err(OperationError::NoSql { .. })));
    }

    #[test]
    fn where_there_is_to_be_none_there_is_nothing_to_do() {
        let before = crate::Catalog::default();
        let some = create(view("some").everywhere("SELECT 1").nothing_on(Sqlite));
        assert_eq!(Sqlite.render(&some, &before).unwrap(), []);
        let only = create(view("only").on(Postgres, "SELECT 1"));
        let error = MySql.render(&only, &before).unwrap_err();
        assert!(error.help().contains("nothing_on"), "{error}");
    }
}
