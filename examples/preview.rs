//! Prints the built-in history as SQL for the dialect that is named.
use hammerwork_migrations::*;
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dialect: Dialect = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "postgres".to_owned())
        .parse()?;
    println!("{}", register_builtin_migrations().preview(dialect)?);
    Ok(())
}
