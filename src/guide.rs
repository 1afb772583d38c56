//! The guide's Rust, as tests: each page of `docs/` that has some.
#![cfg(all(doctest, feature = "sqlite", feature = "cli", feature = "test-kit"))]

#[doc = include_str!("../docs/adopting.md")]
struct Adopting;

#[doc = include_str!("../docs/cli.md")]
struct Cli;

#[doc = include_str!("../docs/coming-from.md")]
struct ComingFrom;

#[doc = include_str!("../docs/containers.md")]
struct Containers;

#[doc = include_str!("../docs/interop.md")]
struct Interop;

#[doc = include_str!("../docs/many-databases.md")]
struct ManyDatabases;

#[doc = include_str!("../docs/previewing.md")]
struct Previewing;

#[doc = include_str!("../docs/quick-start.md")]
struct QuickStart;

#[doc = include_str!("../docs/writing-migrations.md")]
struct WritingMigrations;
