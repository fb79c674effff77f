//! What names of people look like in lines that people write.

/// The longest name, in characters and words: a longer one is a sentence.
pub(crate) const LONGEST_NAME: (usize, usize) = (60, 6);

/// Whether words can be somebody's name.
pub(crate) fn is_name(text: &str) -> bool {
    let (characters, words) = LONGEST_NAME;
    text.chars().count() <= characters
        && text.split_whitespace().count() <= words
        && text.starts_with(|first: char| first.is_alphabetic() || first == '@')
        && text.contains(char::is_alphabetic)
        && !text.ends_with(['.', '!', '?', ':', ',', ';'])
        && !text.contains("://")
        && (is_capitalised(text) || text.split_whitespace().count() == 1)
}

/// Whether no word begins with a small letter.
pub(crate) fn is_capitalised(text: &str) -> bool {
    text.split_whitespace()
        .all(|word| word.trim_start_matches(['(', '@']).chars().next().is_some_and(|first| !first.is_lowercase()))
}

/// Two to four words that all begin with a capital letter and hold no digit.
pub(crate) fn is_full_name(text: &str) -> bool {
    (2..=4).contains(&text.split_whitespace().count())
        && is_capitalised(text)
        && is_name(text)
        && !text.contains(|next: char| next.is_ascii_digit())
}
