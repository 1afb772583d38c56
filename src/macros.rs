//! A list of migrations by the names of their files.

/// The history that these modules make, in this order: each has a function `migration()`.
///
/// ```
/// use hammerwork_migrations::migrations;
///
/// mod m001_users {
///     use hammerwork_migrations::dsl::*;
///
///     pub fn migration() -> Migration {
///         Migration::new("001_users", "People may sign in")
///             .create_table(table("users").columns([uuid("id").primary_key()]))
///     }
/// }
///
/// let history = migrations![m001_users];
/// assert_eq!(history.iter().count(), 1);
/// ```
#[macro_export]
macro_rules! migrations {
    ($($module:ident),* $(,)?) => {
        $crate::Migrations::new([$($module::migration()),*])
    };
}
