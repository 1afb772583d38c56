//! `cargo hammerwork`: the built-in migrations, on a command line.
fn main() -> std::process::ExitCode {
    hammerwork_migrations::cli::main(hammerwork_migrations::register_builtin_migrations())
}
