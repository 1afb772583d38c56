//! What is logged, for who asks: the library's spans and events, and the driver's.

use std::io;

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::{EnvFilter, fmt};

use super::console::Console;
use super::options::{LogFormat, Output};

/// Begins to log on stderr, where the options or `RUST_LOG` ask for it. No secret goes there.
pub(super) fn begin(output: &Output, console: &Console) {
    let Some(filter) = filter(output, std::env::var(EnvFilter::DEFAULT_ENV).ok()) else {
        return;
    };
    let logger = fmt()
        .with_env_filter(filter)
        .with_writer(Masked(console.clone()))
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(console.stderr_paint().is_on());
    let begun = match output.log_format {
        LogFormat::Text => logger.try_init(),
        LogFormat::Json => logger.json().try_init(),
    };
    // A program of somebody else's may log already, in its own way.
    drop(begun);
}

fn filter(output: &Output, variable: Option<String>) -> Option<EnvFilter> {
    if let Some(directives) = variable.filter(|it| !it.is_empty()) {
        return Some(EnvFilter::new(directives));
    }
    match output.verbose {
        0 => None,
        1 => Some(EnvFilter::new("hammerwork_migrations=info")),
        2 => Some(EnvFilter::new("hammerwork_migrations=debug")),
        3.. => Some(EnvFilter::new("trace")),
    }
}

/// Lines on stderr, without secrets.
struct Masked(Console);

impl<'w> MakeWriter<'w> for Masked {
    type Writer = Line<'w>;

    fn make_writer(&'w self) -> Line<'w> {
        Line {
            console: &self.0,
            bytes: Vec::new(),
        }
    }
}

/// One event. It is masked as a whole: a secret may come in pieces.
struct Line<'w> {
    console: &'w Console,
    bytes: Vec<u8>,
}

impl io::Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.console.log(&String::from_utf8_lossy(&self.bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_options_say_what_is_logged_and_the_environment_has_the_last_word() {
        let filter = |verbose, variable: Option<&str>| {
            let output = Output {
                verbose,
                ..Output::default()
            };
            filter(&output, variable.map(str::to_owned)).map(|it| it.to_string())
        };
        assert_eq!(filter(0, None), None);
        assert_eq!(filter(0, Some("")), None);
        assert_eq!(
            filter(1, None).as_deref(),
            Some("hammerwork_migrations=info")
        );
        assert_eq!(
            filter(2, None).as_deref(),
            Some("hammerwork_migrations=debug")
        );
        assert_eq!(filter(7, None).as_deref(), Some("trace"));
        assert_eq!(filter(2, Some("sqlx=warn")).as_deref(), Some("sqlx=warn"));
    }
}
