//! What a database has beside its tables: schemas and extensions.

use super::{Catalog, NameFault, OperationError, names};
use crate::dsl::Extension;

/// Schemas that every database of PostgreSQL has.
const OWN_SCHEMAS: [&str; 2] = ["public", "information_schema"];

impl Catalog {
    /// The schemas that migrations made, by name. The one that the tables are in is not among them.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let history = Migrations::new([Migration::new("001_audit", "A place for audits").create_schema("audit")]);
    /// assert!(history.validate()?.schemas().eq(["audit"]));
    /// # Ok::<(), hammerwork_migrations::SchemaError>(())
    /// ```
    pub fn schemas(&self) -> impl Iterator<Item = &str> {
        self.schemas.iter().map(String::as_str)
    }

    /// The extensions that migrations made, by name.
    ///
    /// ```
    /// use hammerwork_migrations::dsl::*;
    ///
    /// let history = Migrations::new([Migration::new("001_search", "Search").create_extension(extension("pg_trgm"))]);
    /// assert!(history.validate()?.extensions().eq([&extension("pg_trgm")]));
    /// # Ok::<(), hammerwork_migrations::SchemaError>(())
    /// ```
    pub fn extensions(&self) -> impl Iterator<Item = &Extension> {
        self.extensions.values()
    }

    pub(crate) fn extension(&self, name: &str) -> Option<&Extension> {
        self.extensions.get(name)
    }

    pub(crate) fn add_schema(&mut self, name: &str) -> Result<(), OperationError> {
        check_schema(name)?;
        let folded = names::fold_case(name);
        if OWN_SCHEMAS.contains(&folded.as_str()) {
            return Err(names::fault("schema", name, NameFault::Reserved));
        }
        if let Some(known) = self.schemas().find(|it| names::fold_case(it) == folded) {
            return Err(OperationError::DuplicateSchema {
                schema: known.to_owned(),
            });
        }
        // On the way back it would be dropped with the extension still in it.
        if let Some(extension) = self.extension_in(name) {
            return Err(OperationError::SchemaAfterExtension {
                schema: name.to_owned(),
                extension: extension.name.clone(),
            });
        }
        self.schemas.insert(name.to_owned());
        Ok(())
    }

    pub(crate) fn remove_schema(&mut self, name: &str) -> Result<(), OperationError> {
        if let Some(extension) = self.extension_in(name) {
            return Err(OperationError::SchemaInUse {
                schema: name.to_owned(),
                user: format!("extension {}", extension.name),
            });
        }
        if !self.schemas.remove(name) {
            return Err(OperationError::UnknownSchema {
                schema: name.to_owned(),
                known: self.schemas.iter().cloned().collect(),
            });
        }
        Ok(())
    }

    fn extension_in(&self, schema: &str) -> Option<&Extension> {
        self.extensions()
            .find(|it| it.schema.as_deref() == Some(schema))
    }

    pub(crate) fn add_extension(&mut self, extension: &Extension) -> Result<(), OperationError> {
        let name = &extension.name;
        names::check("extension", name)?;
        // They are the names of files, too.
        let leads_elsewhere = name.contains('/')
            || name.contains("--")
            || name.starts_with('-')
            || name.ends_with('-');
        if leads_elsewhere {
            return Err(names::fault("extension", name, NameFault::Path));
        }
        if let Some(schema) = &extension.schema {
            check_schema(schema)?;
        }
        let folded = names::fold_case(name);
        if let Some(known) = self
            .extensions()
            .find(|it| names::fold_case(&it.name) == folded)
        {
            return Err(OperationError::DuplicateExtension {
                extension: known.name.clone(),
            });
        }
        self.extensions.insert(name.clone(), extension.clone());
        Ok(())
    }

    pub(crate) fn remove_extension(&mut self, name: &str) -> Result<(), OperationError> {
        match self.extensions.remove(name) {
            Some(_) => Ok(()),
            None => Err(OperationError::UnknownExtension {
                extension: name.to_owned(),
                known: self.extensions.keys().cloned().collect(),
            }),
        }
    }
}

/// A name that a schema may have; PostgreSQL keeps those that begin with `pg_`.
fn check_schema(name: &str) -> Result<(), OperationError> {
    names::check("schema", name)?;
    if names::fold_case(name).starts_with("pg_") {
        return Err(names::fault("schema", name, NameFault::Reserved));
    }
    Ok(())
}
