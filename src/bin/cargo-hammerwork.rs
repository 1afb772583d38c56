//! `cargo hammerwork`: the built-in migrations on a command line, or in a workspace that has some, its own.
fn main() -> std::process::ExitCode {
    hammerwork_migrations::cli::cargo_main(hammerwork_migrations::register_builtin_migrations())
}
