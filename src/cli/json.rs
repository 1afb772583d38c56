//! Results for programs. `docs/json.md` describes the shapes.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::run::Status;

/// Raised where a field means something else than before, or is gone; what is only added leaves it.
const VERSION: u64 = 1;

/// One line: the version, and the fields of each part, which is an object.
pub(super) fn document(parts: impl IntoIterator<Item = Value>) -> String {
    let version = json!({ "version": VERSION });
    format!("{}\n", joined([version].into_iter().chain(parts)))
}

/// The fields of all parts, each of which is an object.
pub(super) fn joined(parts: impl IntoIterator<Item = Value>) -> Value {
    let mut whole = Map::new();
    for part in parts {
        if let Value::Object(fields) = part {
            whole.extend(fields);
        }
    }
    Value::Object(whole)
}

/// How many migrations are in which state.
pub(super) fn counts(status: &Status) -> Value {
    json!({
        "applied": status.applied(), "pending": status.pending(), "unknown": status.unknown()
    })
}

/// A value of the library as JSON. None of ours has keys that are no text, so none can fail.
pub(super) fn value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_one_line_that_begins_with_its_version() {
        let text = document([json!({"b": 1}), json!({"a": "x\ny"})]);
        assert_eq!(text, "{\"version\":1,\"b\":1,\"a\":\"x\\ny\"}\n");
    }
}
