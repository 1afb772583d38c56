//! What every driver does alike that looks at single statements, and stands before another.

/// The methods that have no statement of ours: they go to `inner` as they are.
macro_rules! forward_transactions {
    () => {
        async fn is_exclusive(&mut self) -> Result<bool, DriverError> {
            self.inner.is_exclusive().await
        }
        async fn begin(&mut self) -> Result<(), DriverError> {
            self.inner.begin().await
        }
        async fn commit(&mut self) -> Result<(), DriverError> {
            self.inner.commit().await
        }
        async fn rollback(&mut self) -> Result<(), DriverError> {
            self.inner.rollback().await
        }
    };
}
