//! Texts that are moments: without an offset, PostgreSQL would read them in the session's time zone.

/// The constant as a moment of UTC, which it is on the other engines, where it says no offset itself. What is no date
/// in figures, such as `epoch` or `infinity`, stays as it is.
pub(crate) fn in_utc(text: &str) -> String {
    match Shape::of(text.trim()) {
        Shape::Date => format!("{} 00:00:00+00", text.trim()),
        Shape::DateAndTime => format!("{}+00", text.trim()),
        Shape::Other => text.to_owned(),
    }
}

enum Shape {
    /// `2024-01-02`
    Date,
    /// `2024-01-02 03:04`, with seconds and a fraction or without.
    DateAndTime,
    /// An offset or the name of a zone is a part of it, or it is something else.
    Other,
}

impl Shape {
    fn of(text: &str) -> Shape {
        let is_date = |text: &str| {
            let parts: Vec<&str> = text.split('-').collect();
            parts.len() == 3 && parts.iter().all(|it| is_number(it))
        };
        let is_time = |text: &str| {
            let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
            let parts: Vec<&str> = clock.split(':').collect();
            (2..=3).contains(&parts.len())
                && parts.iter().all(|it| is_number(it))
                && is_number(fraction)
        };
        match text.split_once(['T', ' ']) {
            None if is_date(text) => Shape::Date,
            Some((date, time)) if is_date(date) && is_time(time.trim_start()) => Shape::DateAndTime,
            None | Some(_) => Shape::Other,
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::in_utc;

    #[test]
    fn what_says_no_offset_gets_one() {
        for (text, moment) in [
            ("2024-01-02", "2024-01-02 00:00:00+00"),
            ("2024-01-02 03:04:05", "2024-01-02 03:04:05+00"),
            ("2024-01-02T03:04:05.67", "2024-01-02T03:04:05.67+00"),
            ("2024-01-02 03:04", "2024-01-02 03:04+00"),
        ] {
            assert_eq!(in_utc(text), moment);
        }
        for text in [
            "2024-01-02 03:04:05+02",
            "2024-01-02 03:04:05Z",
            "2024-01-02 03:04:05 Europe/Berlin",
            "epoch",
            "infinity",
            "it's",
            "",
        ] {
            assert_eq!(in_utc(text), text);
        }
    }
}
