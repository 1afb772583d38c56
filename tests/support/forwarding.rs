//! What every driver that stands before another does alike.

/// The methods of a `Driver` that send nothing which a test counts, cuts or stops: they go to `inner` as they are.
macro_rules! forward_the_rest {
    () => {
        type Scratch = D::Scratch;

        fn dialect(&self) -> hammerwork_migrations::Dialect {
            self.inner.dialect()
        }
        fn identify(&mut self, told: &str) {
            self.inner.identify(told);
        }
        fn dedicate(&mut self) {
            self.inner.dedicate();
        }
        fn is_borrowed(&self) -> bool {
            self.inner.is_borrowed()
        }
        fn at_parting(&mut self, sql: Option<String>) {
            self.inner.at_parting(sql);
        }
        async fn scratch(&mut self) -> Result<Option<D::Scratch>, DriverError> {
            self.inner.scratch().await
        }
        async fn schemas_like(
            &mut self,
            pattern: &str,
        ) -> Result<Option<Vec<String>>, DriverError> {
            self.inner.schemas_like(pattern).await
        }
        async fn close(self) {
            self.inner.close().await;
        }
    };
}
