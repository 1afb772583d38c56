//! Lists that copies have in common.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A list whose copies share its elements until one of them changes: the schema that a history makes has the columns
/// of the operations that make its tables, and a long history is not held twice. It reads as a slice.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// let tags = table("tags").columns([string("name").primary_key(), text("about").nullable()]);
/// let mut others = tags.clone();
/// others.columns.to_mut().pop();
/// assert_eq!(others.columns.len(), 1);
/// assert_eq!(tags.columns[1].name, "about");
/// ```
pub struct Shared<T>(Option<Arc<Vec<T>>>);

impl<T: Clone> Shared<T> {
    /// The elements as a list of its own, to be changed.
    pub fn to_mut(&mut self) -> &mut Vec<T> {
        Arc::make_mut(self.0.get_or_insert_default())
    }
}

impl<T> Deref for Shared<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        self.to_mut()
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared(self.0.clone())
    }
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Shared(None)
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T> FromIterator<T> for Shared<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let elements: Vec<T> = elements.into_iter().collect();
        Shared((!elements.is_empty()).then(|| Arc::new(elements)))
    }
}

impl<'s, T> IntoIterator for &'s Shared<T> {
    type Item = &'s T;
    type IntoIter = std::slice::Iter<'s, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_one_until_one_of_them_changes() {
        let list: Shared<i32> = (1..=3).collect();
        let mut copy = list.clone();
        assert!(std::ptr::eq(&*list, &*copy));
        copy.to_mut().push(4);
        copy[0] = 0;
        assert_eq!((&*list, &*copy), (&[1, 2, 3][..], &[0, 2, 3, 4][..]));
    }
}
