//! Lists within the text of an operation.

use std::fmt::{self, Display};

/// `id, name`, written in place: the text is hashed at every start, and a text that is built first costs more than it
/// says.
pub(super) fn listed<T: Display>(f: &mut fmt::Formatter<'_>, items: &[T]) -> fmt::Result {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            f.write_str(", ")?;
        }
        item.fmt(f)?;
    }
    Ok(())
}
