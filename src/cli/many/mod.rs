//! Many databases in place of one: which they are, what is done with each, and what is told of all.

mod list;
mod places;
mod shown;
mod tally;

pub(super) use list::UrlList;
pub(super) use places::{InSchemas, On, Targets};
pub(super) use shown::Shown;
pub(super) use tally::Tally;
