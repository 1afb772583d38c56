//! `man`: prints the manual page, or writes all of them.

use super::context::Context;
use crate::cli::args::Man;
use crate::cli::error::Error;
use crate::cli::folder;

pub(super) fn man(args: &Man, context: &Context<'_>) -> Result<(), Error> {
    // A page's name has no blank, though the program's may: `cargo hammerwork`.
    let name = context.call.executable();
    let grammar = context.call.grammar();
    let grammar = grammar
        .name(name.clone())
        .display_name(name.clone())
        .bin_name(name);
    let Some(folder) = &args.dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(grammar)
            .render(&mut page)
            .map_err(Error::Output)?;
        return context.console.print(String::from_utf8_lossy(&page));
    };
    folder::make(folder)?;
    clap_mangen::generate_to(grammar, folder).map_err(|source| Error::File {
        doing: "write into",
        path: folder.clone(),
        source,
    })
}
