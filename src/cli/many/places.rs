//! How each of many databases is reached: by a URL of its own, or as a schema.

use crate::cli::engine::{Target, Task, perform_on_engine};
use crate::cli::error::Error;
use crate::cli::many::{Shown, Tally};
use crate::cli::url::DatabaseUrl;
use crate::run::each::Errand;
use crate::run::{Migrator, Outcomes, Places, RunError, Schemas, Source};

/// Databases that each have a URL.
#[derive(Debug)]
pub(in crate::cli) struct Targets(pub(in crate::cli) Vec<Target>);

impl Places for Targets {
    type Place = Target;
    type Held = ();
    type Error = Error;

    fn take(&mut self) -> Vec<(String, Target)> {
        let targets = std::mem::take(&mut self.0).into_iter();
        targets.map(|it| (it.url.to_string(), it)).collect()
    }

    async fn perform<E: Errand>(
        &self,
        target: Target,
        _held: &mut Option<()>,
        migrator: &Migrator,
        errand: &E,
    ) -> Result<E::Output, Error> {
        perform_on_engine(On { migrator, errand }, &target).await
    }

    async fn leave(_held: ()) {}
}

/// What is done with one database.
pub(in crate::cli) struct On<'o, E> {
    pub(in crate::cli) migrator: &'o Migrator,
    pub(in crate::cli) errand: &'o E,
}

impl<E: Errand> Task for On<'_, E> {
    type Output = E::Output;

    async fn on<S: Source>(self, source: S) -> Result<E::Output, RunError> {
        self.errand.on(self.migrator, source).await
    }
}

/// The schemas of one database whose names are like a pattern.
pub(in crate::cli) struct InSchemas<'t, E> {
    pub(in crate::cli) migrator: &'t Migrator,
    pub(in crate::cli) pattern: &'t str,
    pub(in crate::cli) jobs: usize,
    pub(in crate::cli) url: &'t DatabaseUrl,
    pub(in crate::cli) errand: E,
    pub(in crate::cli) tally: &'t Tally<'t>,
}

impl<E: Errand + Send> Task for InSchemas<'_, E>
where
    E::Output: Shown,
{
    type Output = Outcomes<E::Output, Error>;

    async fn on<S: Source + Clone + Sync>(self, source: S) -> Result<Self::Output, RunError> {
        let names = self
            .migrator
            .schemas_like(source.clone(), self.pattern)
            .await?;
        let schemas = SchemasOf {
            schemas: Schemas::new(source, names),
            url: self.url.clone(),
        };
        Ok(self
            .tally
            .listen(self.migrator.each(schemas).jobs(self.jobs))
            .perform(self.errand, |outcome| self.tally.tell(outcome))
            .await)
    }
}

/// Schemas, whose errors are those of the command line.
struct SchemasOf<S> {
    schemas: Schemas<S>,
    url: DatabaseUrl,
}

impl<S: Source + Clone + Sync> Places for SchemasOf<S> {
    type Place = <Schemas<S> as Places>::Place;
    type Held = <Schemas<S> as Places>::Held;
    type Error = Error;

    fn take(&mut self) -> Vec<(String, Self::Place)> {
        self.schemas.take()
    }

    async fn perform<E: Errand>(
        &self,
        place: Self::Place,
        held: &mut Option<Self::Held>,
        migrator: &Migrator,
        errand: &E,
    ) -> Result<E::Output, Error> {
        let result = self.schemas.perform(place, held, migrator, errand).await;
        result.map_err(|error| Error::of_run(error, &self.url))
    }

    async fn leave(held: Self::Held) {
        Schemas::<S>::leave(held).await;
    }
}
