//! Random views.

use hammerwork_migrations::dsl::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::texts::name;

/// A view that some engines have no query for, and that may read itself.
pub(crate) fn view_value() -> impl Strategy<Value = View> {
    let query = || select(&["SELECT 1 AS a", "SELECT 'it''s; --' AS b -- c;", ""][..]);
    (
        name(),
        proptest::option::weighted(0.9, query()),
        vec((select(&Dialect::ALL[..]), query()), 0..2),
        vec(name(), 0..2),
    )
        .prop_map(|(name, everywhere, own, depends_on)| {
            let mut view = view(name).depends_on(depends_on);
            for (dialect, query) in own {
                view = view.on(dialect, query);
            }
            match everywhere {
                Some(query) => view.everywhere(query),
                None => view,
            }
        })
}

/// Lets the view read what it says it reads, where it has a query at all.
pub(crate) fn reading(mut view: View) -> View {
    let Some(read) = view.depends_on.first().cloned() else {
        return view;
    };
    for dialect in Dialect::ALL {
        if view.query_on(dialect).is_some_and(|it| !it.is_empty()) {
            let query = format!("SELECT count(*) AS n FROM {}", dialect.quote(&read));
            view = view.on(dialect, query);
        }
    }
    view
}
