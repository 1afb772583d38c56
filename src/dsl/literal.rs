//! Constant values, for defaults.

use std::fmt;

/// A constant: what [`Column::default`](super::Column::default) takes.
///
/// It is made from Rust's own types, and each engine spells it in its own way.
///
/// ```
/// use hammerwork_migrations::dsl::*;
///
/// assert_eq!(Literal::from(3), Literal::Integer(3));
/// assert_eq!(Literal::from("Pending"), Literal::Text("Pending".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Literal {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A floating-point number; it must be finite.
    Double(f64),
    /// Text.
    Text(String),
}

impl From<bool> for Literal {
    fn from(value: bool) -> Self {
        Literal::Boolean(value)
    }
}

impl From<i16> for Literal {
    fn from(value: i16) -> Self {
        Literal::Integer(value.into())
    }
}

impl From<i32> for Literal {
    fn from(value: i32) -> Self {
        Literal::Integer(value.into())
    }
}

impl From<i64> for Literal {
    fn from(value: i64) -> Self {
        Literal::Integer(value)
    }
}

impl From<f32> for Literal {
    fn from(value: f32) -> Self {
        Literal::Double(value.into())
    }
}

impl From<f64> for Literal {
    fn from(value: f64) -> Self {
        Literal::Double(value)
    }
}

impl From<&str> for Literal {
    fn from(value: &str) -> Self {
        Literal::Text(value.to_owned())
    }
}

impl From<String> for Literal {
    fn from(value: String) -> Self {
        Literal::Text(value)
    }
}

/// As Rust writes it: `3`, `true`, `"Pending"`.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Boolean(value) => write!(f, "{value}"),
            Literal::Integer(value) => write!(f, "{value}"),
            Literal::Double(value) => write!(f, "{value:?}"),
            Literal::Text(value) => write!(f, "{value:?}"),
        }
    }
}
