//! What a history costs before it meets a database: building, folding, rendering, turning round. All of it should
//! grow with the number of migrations, and no faster.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use hammerwork_migrations::dsl::*;

const SIZES: [usize; 4] = [6, 100, 1_000, 10_000];

/// A table and an index each; every tenth migration changes the table before it.
fn history(size: usize) -> Migrations {
    Migrations::new((1..=size).map(migration))
}

fn migration(number: usize) -> Migration {
    let made = Migration::new(format!("{number:05}_orders"), "Orders of one more customer");
    if number.is_multiple_of(10) {
        return made.add_column(format!("orders_{}", number - 1), text("remark").nullable());
    }
    made.create_table(
        table(format!("orders_{number}"))
            .columns([
                uuid("id").primary_key(),
                string("customer").length(100),
                json("lines"),
                timestamp("created_at").default_expression(now()),
            ])
            .index(
                index("open")
                    .columns(["customer"])
                    .desc("created_at")
                    .only_where(col("customer").is_not_null()),
            ),
    )
}

fn benchmarks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build");
    for size in SIZES {
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |it| {
            it.iter(|| history(black_box(size)))
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("fold");
    for size in SIZES {
        let migrations = history(size);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |it| {
            it.iter(|| black_box(&migrations).validate())
        });
    }
    group.finish();

    for dialect in Dialect::ALL {
        let mut group = criterion.benchmark_group(format!("render {dialect}"));
        for size in SIZES {
            let migrations = history(size);
            group.throughput(Throughput::Elements(size as u64));
            group.bench_function(BenchmarkId::from_parameter(size), |it| {
                it.iter(|| black_box(&migrations).preview(dialect));
            });
        }
        group.finish();
    }

    let mut group = criterion.benchmark_group("turn round");
    for size in SIZES {
        let migrations = history(size);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |it| {
            it.iter(|| black_box(&migrations).preview_down(Postgres));
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    benchmarks(&mut criterion);
    criterion.final_summary();
}
