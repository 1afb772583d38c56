//! A program that runs migrations with sea-orm-migration, and does nothing else.

use std::error::Error;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{Database, DbErr};

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("DATABASE_URL")?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(migrate(&url))
}

/// The URL's scheme is the engine, of those that are built in.
async fn migrate(url: &str) -> Result<(), Box<dyn Error>> {
    Ok(Migrator::up(&Database::connect(url).await?, None).await?)
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Notes)]
    }
}

struct Notes;

impl MigrationName for Notes {
    fn name(&self) -> &'static str {
        "m00001_notes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Notes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut notes = Table::create();
        notes
            .table("notes")
            .col(ColumnDef::new("id").big_integer().not_null().primary_key());
        manager.create_table(notes).await
    }
}
