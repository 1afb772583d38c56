//! What a history costs before it meets a database: building, folding, rendering, turning round. And what is done with
//! the answers of one: planning, comparing. All of it should grow with the number of migrations, and no faster.
#![expect(clippy::expect_used, reason = "a bench fails by panicking")]

mod made;
mod remembered;

use std::cell::OnceCell;
use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BatchSize, Bencher, BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use hammerwork_migrations::Migrator;
use hammerwork_migrations::dsl::*;

use made::history;
use remembered::{Has, Remembered};

const SIZES: [usize; 4] = [6, 100, 1_000, 10_000];

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    without_a_database(&mut criterion);
    with_a_database(&mut criterion);
    criterion.final_summary();
}

fn without_a_database(criterion: &mut Criterion) {
    in_all_sizes(criterion, "build", |group, size| {
        group.bench_function(BenchmarkId::from_parameter(size), |it| {
            it.iter(|| measured(|| history(black_box(size))));
        });
    });
    in_all_sizes(criterion, "fold", |group, size| {
        let migrations = history(size);
        group.bench_function(BenchmarkId::from_parameter(size), |it| {
            it.iter(|| measured(|| black_box(&migrations).validate()));
        });
    });
    for dialect in Dialect::ALL {
        in_all_sizes(criterion, &format!("render {dialect}"), |group, size| {
            let migrations = history(size);
            group.bench_function(BenchmarkId::from_parameter(size), |it| {
                it.iter(|| measured(|| black_box(&migrations).preview(dialect)));
            });
        });
    }
    in_all_sizes(criterion, "turn round", |group, size| {
        let migrations = history(size);
        group.bench_function(BenchmarkId::from_parameter(size), |it| {
            it.iter(|| measured(|| black_box(&migrations).preview_down(Postgres)));
        });
    });
}

fn with_a_database(criterion: &mut Criterion) {
    on_databases(criterion, "nothing to do", Has::All, |it, on| {
        // A migrator computes the checksums once.
        let migrator = || Migrator::new(on.migrations.clone());
        let run = |migrator: Migrator| on.answer(migrator.run(&on.database)).is_up_to_date();
        assert!(run(migrator()));
        it.iter_batched(migrator, |it| measured(|| run(it)), BatchSize::LargeInput);
    });
    on_databases(criterion, "status", Has::Half, |it, on| {
        let status = || on.answer(on.migrator.status(&on.database));
        assert_eq!(status().pending(), on.pending());
        it.iter(|| measured(status));
    });
    let plans = [
        ("plan a new one", Has::Nothing),
        ("plan the rest", Has::Half),
        ("plan what is unrecorded", Has::AllUnrecorded),
    ];
    for (name, has) in plans {
        on_databases(criterion, name, has, |it, on| {
            let plan = || on.answer(on.migrator.dry_run(&on.database));
            assert_eq!(plan().migrations.len(), on.pending());
            assert_eq!(plan().statement_count() == 0, has == Has::AllUnrecorded);
            it.iter(|| measured(plan));
        });
    }
    on_databases(criterion, "compare", Has::All, |it, on| {
        let differences = || on.answer(on.migrator.verify(&on.database));
        assert_eq!(differences(), []);
        it.iter(|| measured(differences));
    });
}

/// What is measured. It is a function of its own so that its instructions can be counted, and those of nothing else.
#[inline(never)]
fn measured<T>(work: impl FnOnce() -> T) -> T {
    work()
}

fn in_all_sizes(
    criterion: &mut Criterion,
    name: &str,
    bench: impl Fn(&mut BenchmarkGroup<'_, WallTime>, usize),
) {
    let mut group = criterion.benchmark_group(name);
    for size in SIZES {
        group.throughput(Throughput::Elements(size as u64));
        bench(&mut group, size);
    }
    group.finish();
}

/// The same on databases that have something of the history; each is made when it is needed, because it takes a while.
fn on_databases(
    criterion: &mut Criterion,
    name: &str,
    has: Has,
    bench: impl Fn(&mut Bencher<'_, WallTime>, &Remembered),
) {
    in_all_sizes(criterion, name, |group, size| {
        let database = OnceCell::new();
        group.bench_function(BenchmarkId::from_parameter(size), |it| {
            bench(
                it,
                database.get_or_init(|| Remembered::new(history(size), has)),
            );
        });
    });
}
