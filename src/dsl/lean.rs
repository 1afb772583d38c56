//! Lists that take no more room than they need.

/// Adds one more. Most lists that builders make get one element, and a long history has thousands of them, where a
/// vector by itself would make room for four.
pub(super) fn push<T>(list: &mut Vec<T>, element: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(element);
}
