//! A person as others see them: a name and a colour that is never a severity's.

use crate::UserId;
use crate::named::named;
use serde::{Deserialize, Serialize};

named! {
    /// The colours of people; none can be mistaken for a severity.
    PersonColor, "a colour" {
        Violet = "violet", "violet";
        Teal = "teal", "teal";
        Rose = "rose", "rose";
        Blue = "blue", "blue";
        Umber = "umber", "umber";
    }
}

/// The id under which everyone stands who gave no name before there were accounts.
pub const GUEST: &str = "guest";

/// The longest display name, in characters.
pub const LONGEST_NAME: usize = 60;

/// The longest name of a team, in characters: it stands on one line of the page where people sign in.
pub const LONGEST_TEAM: usize = 60;

/// A person by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The user's id, on every row that they cause.
    pub id: UserId,
    pub name: String,
    /// The colour of caret, flag and initials.
    pub color: PersonColor,
}

/// A name that is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but spaces.
    #[error("Write the name that others will see.")]
    Empty,
    /// More than [`LONGEST_NAME`] characters.
    #[error("A name has at most {LONGEST_NAME} characters.")]
    TooLong,
}

impl Person {
    /// Whether this is no one in particular.
    pub fn is_guest(&self) -> bool {
        self.id.as_str() == GUEST
    }

    /// Up to two initials, for the small disc.
    pub fn initials(&self) -> String {
        initials(&self.name)
    }

    /// The first word of the name, for a caret's flag.
    pub fn first_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or(&self.name)
    }
}

/// Up to two initials of a name.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// The name with runs of white space and control characters folded to one space.
///
/// # Errors
/// When nothing is left, or more than [`LONGEST_NAME`] characters are.
pub fn clean_name(text: &str) -> Result<String, NameError> {
    let words: Vec<&str> = text
        .split(|character: char| character.is_whitespace() || character.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let name = words.join(" ");
    match name.chars().count() {
        0 => Err(NameError::Empty),
        count if count > LONGEST_NAME => Err(NameError::TooLong),
        _ => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(initials("Mara Elena Lindqvist"), "ML");
        assert_eq!(initials("åsa"), "Å");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn a_name_keeps_no_line_breaks() {
        assert_eq!(clean_name(" Mara\n\u{0}Lindqvist "), Ok("Mara Lindqvist".into()));
        assert_eq!(clean_name(" \n"), Err(NameError::Empty));
        assert_eq!(clean_name(&"x".repeat(61)), Err(NameError::TooLong));
    }
}
