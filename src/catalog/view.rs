//! What happens to the views of a catalog.

use super::{Catalog, OperationError, names};
use crate::dsl::View;

impl Catalog {
    pub(crate) fn add_view(&mut self, view: &View) -> Result<(), OperationError> {
        if self.views.contains_key(&view.name) {
            return Err(OperationError::DuplicateView {
                view: view.name.clone(),
            });
        }
        names::check_table(&view.name)?;
        self.check_view(view)?;
        self.claim(&view.name, format!("view {}", view.name))?;
        self.views.insert_mut(view.name.clone(), view.clone());
        Ok(())
    }

    pub(crate) fn replace_view(&mut self, view: &View) -> Result<(), OperationError> {
        let Some(old) = self.views.get(&view.name).cloned() else {
            return Err(self.unknown_view(&view.name));
        };
        self.views.remove_mut(&view.name);
        if old.depends_on != view.depends_on {
            // What reads it may not be what it reads.
            self.check_not_read(&view.name, &view.depends_on)?;
        }
        self.check_view(view)?;
        self.views.insert_mut(view.name.clone(), view.clone());
        Ok(())
    }

    pub(crate) fn remove_view(&mut self, name: &str) -> Result<(), OperationError> {
        if !self.views.contains_key(name) {
            return Err(self.unknown_view(name));
        }
        self.check_unread(name)?;
        self.views.remove_mut(name);
        self.release(name);
        Ok(())
    }

    /// That no view reads the table or view of that name.
    pub(super) fn check_unread(&self, name: &str) -> Result<(), OperationError> {
        match self.reader_of(name) {
            None => Ok(()),
            Some(view) => Err(OperationError::ReadByView {
                name: name.to_owned(),
                view: view.name.clone(),
            }),
        }
    }

    fn reader_of(&self, name: &str) -> Option<&View> {
        let mut views = self.views.values();
        views.find(|view| view.depends_on.iter().any(|it| it == name))
    }

    /// That none of `names` reads the view `name`, itself or by others.
    fn check_not_read(&self, name: &str, names: &[String]) -> Result<(), OperationError> {
        for read in names.iter().filter_map(|it| self.views.get(it)) {
            if read.depends_on.iter().any(|it| it == name) {
                return Err(OperationError::ReadByView {
                    name: name.to_owned(),
                    view: read.name.clone(),
                });
            }
            self.check_not_read(name, &read.depends_on)?;
        }
        Ok(())
    }

    fn check_view(&self, view: &View) -> Result<(), OperationError> {
        if view.queries.is_empty() {
            return Err(OperationError::NoSql {
                what: format!("view {}", view.name),
            });
        }
        let is_known =
            |name: &&String| self.tables.contains_key(*name) || self.views.contains_key(*name);
        match view.depends_on.iter().find(|name| !is_known(name)) {
            Some(name) => Err(self.unknown_table(name)),
            None => Ok(()),
        }
    }

    fn unknown_view(&self, view: &str) -> OperationError {
        OperationError::UnknownView {
            view: view.to_owned(),
            known: self.views.keys().cloned().collect(),
        }
    }
}
