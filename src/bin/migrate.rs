//! `migrate`: the same as `cargo hammerwork`, where there is no cargo; without a command, it migrates.
fn main() -> std::process::ExitCode {
    hammerwork_migrations::cli::main(hammerwork_migrations::register_builtin_migrations())
}
