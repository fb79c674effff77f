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

/// The most initials that somebody chooses for their disc, in characters.
pub const MOST_INITIALS: usize = 3;

/// A person by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The user's id, on every row that they cause.
    pub id: UserId,
    pub name: String,
    /// The colour of caret, flag and initials.
    pub color: PersonColor,
    /// The initials that they chose; those of the name where they chose none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initials: Option<String>,
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

/// Initials that are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Initials are one to {MOST_INITIALS} letters or digits. Leave them empty for those of the name.")]
pub struct InitialsError;

impl Person {
    /// Whether this is no one in particular.
    pub fn is_guest(&self) -> bool {
        self.id.as_str() == GUEST
    }

    /// The initials for the small disc: the chosen ones, or up to two of the name.
    pub fn initials(&self) -> String {
        self.initials.clone().unwrap_or_else(|| initials(&self.name))
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

/// The initials that somebody typed; `None` where they typed none.
///
/// # Errors
/// When they are more than [`MOST_INITIALS`] characters, or anything but letters and digits.
pub fn clean_initials(text: &str) -> Result<Option<String>, InitialsError> {
    let text = text.trim();
    let fits = text.chars().count() <= MOST_INITIALS && text.chars().all(char::is_alphanumeric);
    if fits { Ok(Some(text.to_owned()).filter(|text| !text.is_empty())) } else { Err(InitialsError) }
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

    #[test]
    fn chosen_initials_stand_in_the_place_of_those_of_the_name() {
        let known = r#"{"id":"u1","name":"Mara Lindqvist","color":"teal"}"#;
        let mut person: Person = serde_json::from_str(known).expect("a person of before");
        assert_eq!(person.initials(), "ML");
        assert_eq!(serde_json::to_string(&person).expect("JSON"), known);
        person.initials = clean_initials(" mel ").expect("initials");
        assert_eq!(person.initials(), "mel");
        assert_eq!(clean_initials(" "), Ok(None));
        assert_eq!(clean_initials("ÅŞ9"), Ok(Some("ÅŞ9".into())));
        for refused in ["ABCD", "A B", "M.", "\u{202e}A"] {
            assert_eq!(clean_initials(refused), Err(InitialsError), "{refused:?}");
        }
    }
}
