//! `completions`: prints a script that completes this command line in a shell.

use super::context::Context;
use crate::cli::args::Completions;
use crate::cli::error::Error;

pub(super) fn completions(args: &Completions, context: &Context<'_>) -> Result<(), Error> {
    let mut grammar = context.call.grammar();
    let mut script = Vec::new();
    let name = context.call.executable();
    clap_complete::generate(args.shell, &mut grammar, name, &mut script);
    context.console.print(String::from_utf8_lossy(&script))
}
