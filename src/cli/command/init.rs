//! `init`: begins a crate of migrations.

use super::context::Context;
use crate::cli::args::Init;
use crate::cli::error::Error;
use crate::cli::{folder, scaffold};

pub(super) fn init(args: &Init, context: &Context<'_>) -> Result<(), Error> {
    let bad = || Error::BadPackage {
        name: args.folder.display().to_string(),
    };
    let package = args.folder.file_name().and_then(|it| it.to_str());
    let package = package
        .filter(|it| scaffold::is_package_name(it))
        .ok_or_else(bad)?;
    if args.folder.exists() {
        return Err(Error::Exists {
            path: args.folder.clone(),
        });
    }
    let library = match &args.library {
        Some(path) => Some(path.canonicalize().map_err(|source| Error::File {
            doing: "find",
            path: path.clone(),
            source,
        })?),
        None => None,
    };
    let manifest = scaffold::workspace_manifest(&args.folder, package)?;
    let mut made = String::new();
    for (name, text) in scaffold::package(package, library.as_deref(), &args.engine) {
        let path = args.folder.join(name);
        folder::write_new(&path, &text)?;
        made += &format!("{}\n", path.display());
    }
    folder::write(&manifest.path, &manifest.text)?;
    made += &format!("{}\n", manifest.path.display());
    context.console.print(made)?;
    context.console.note(
        "next: cargo hammerwork new ADD SOMETHING, and cargo hammerwork migrate --database-url URL",
    );
    Ok(())
}
