//! `new`: begins a migration.

use super::context::Context;
use crate::cli::args::New;
use crate::cli::error::Error;
use crate::cli::folder;
use crate::cli::scaffold::{self, Registry};

pub(super) fn new(args: &New, context: &Context<'_>) -> Result<(), Error> {
    let name = args.name.join(" ");
    let slug = scaffold::slug(&name).ok_or_else(|| Error::BadName { name: name.clone() })?;
    let place = folder::of_migrations(args.dir.as_deref())?;
    let there = folder::migrations_in(&place);
    let newest = there.last();
    let number = newest
        .and_then(|it| folder::number_of(it))
        .map_or(1, |it| it + 1);
    let id = format!("{number:03}_{slug}");
    let sibling = match newest {
        Some(newest) => folder::read(&place.join(format!("{newest}.rs")))?,
        None => String::new(),
    };
    let registry = Registry::find(&place)?;
    let text = registry.with(&id)?;
    let path = place.join(format!("m{id}.rs"));
    folder::write_new(&path, &scaffold::migration(&id, &name, &sibling))?;
    folder::write(&registry.path, &text)?;
    let made = format!("{}\n{}\n", path.display(), registry.path.display());
    context.console.print(made)
}
