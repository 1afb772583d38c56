//! A driver of whichever engine. What the runner does is compiled once for all of them, and with this crate: a program
//! that calls it has none of it to compile.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use super::{Driver, DriverError, Row};
use crate::dialect::Dialect;

/// What is going to be there, and until then is kept on the heap.
pub(crate) type BoxFuture<'f, T> = Pin<Box<dyn Future<Output = T> + Send + 'f>>;

/// What a driver answers.
type Answer<'f, T> = BoxFuture<'f, Result<T, DriverError>>;

/// A [`Driver`], whose methods these are, as the runner has it.
pub(crate) trait DynDriver: Send {
    fn dialect(&self) -> Dialect;
    fn identify(&mut self, told: &str);
    fn dedicate(&mut self);
    fn is_borrowed(&self) -> bool;
    fn at_parting(&mut self, sql: Option<String>);
    fn is_exclusive(&mut self) -> Answer<'_, bool>;
    fn scratch(&mut self) -> Answer<'_, Option<Box<dyn DynDriver>>>;
    fn schemas_like<'f>(&'f mut self, pattern: &'f str) -> Answer<'f, Option<Vec<String>>>;
    fn execute<'f>(&'f mut self, sql: &'f str) -> Answer<'f, ()>;
    fn rows<'f>(&'f mut self, sql: &'f str) -> Answer<'f, Vec<Row>>;
    fn begin(&mut self) -> Answer<'_, ()>;
    fn commit(&mut self) -> Answer<'_, ()>;
    fn rollback(&mut self) -> Answer<'_, ()>;
    fn close<'f>(self: Box<Self>) -> BoxFuture<'f, ()>
    where
        Self: 'f;
}

/// A driver as the runner takes it.
pub struct BoxedDriver<'d>(pub(crate) Box<dyn DynDriver + 'd>);

impl<'d> BoxedDriver<'d> {
    /// What the driver does is compiled where this is called.
    pub(crate) fn new(driver: impl Driver + 'd) -> Self {
        BoxedDriver(Box::new(driver))
    }
}

impl fmt::Debug for BoxedDriver<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BoxedDriver")
            .field(&self.0.dialect())
            .finish()
    }
}

impl<D: Driver> DynDriver for D {
    fn dialect(&self) -> Dialect {
        Driver::dialect(self)
    }

    fn identify(&mut self, told: &str) {
        Driver::identify(self, told);
    }

    fn dedicate(&mut self) {
        Driver::dedicate(self);
    }

    fn is_borrowed(&self) -> bool {
        Driver::is_borrowed(self)
    }

    fn at_parting(&mut self, sql: Option<String>) {
        Driver::at_parting(self, sql);
    }

    fn is_exclusive(&mut self) -> Answer<'_, bool> {
        Box::pin(Driver::is_exclusive(self))
    }

    fn scratch(&mut self) -> Answer<'_, Option<Box<dyn DynDriver>>> {
        Box::pin(async {
            let scratch = Driver::scratch(self).await?;
            Ok(scratch.map(|it| Box::new(it) as Box<dyn DynDriver>))
        })
    }

    fn schemas_like<'f>(&'f mut self, pattern: &'f str) -> Answer<'f, Option<Vec<String>>> {
        Box::pin(Driver::schemas_like(self, pattern))
    }

    fn execute<'f>(&'f mut self, sql: &'f str) -> Answer<'f, ()> {
        Box::pin(Driver::execute(self, sql))
    }

    fn rows<'f>(&'f mut self, sql: &'f str) -> Answer<'f, Vec<Row>> {
        Box::pin(Driver::rows(self, sql))
    }

    fn begin(&mut self) -> Answer<'_, ()> {
        Box::pin(Driver::begin(self))
    }

    fn commit(&mut self) -> Answer<'_, ()> {
        Box::pin(Driver::commit(self))
    }

    fn rollback(&mut self) -> Answer<'_, ()> {
        Box::pin(Driver::rollback(self))
    }

    fn close<'f>(self: Box<Self>) -> BoxFuture<'f, ()>
    where
        Self: 'f,
    {
        Box::pin(Driver::close(*self))
    }
}
