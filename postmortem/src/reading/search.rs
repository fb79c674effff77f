//! Where words stand in a text, as a person looks for them: capitals and kinds of white space make no difference.

/// The places of words in a text, in UTF-16 units, from the first on; they do not overlap. Blank words stand nowhere.
pub fn places(text: &str, words: &str) -> Vec<(u32, u32)> {
    let wanted: Vec<char> = words.trim().chars().flat_map(folded).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut letters = Vec::with_capacity(text.len());
    let mut units = 0;
    for character in text.chars() {
        let next = units + u32::try_from(character.len_utf16()).unwrap_or(2);
        letters.extend(folded(character).map(|letter| (letter, units, next)));
        units = next;
    }
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(window) = letters.get(at..at + wanted.len()) {
        if window.iter().zip(&wanted).all(|((letter, _, _), wanted)| letter == wanted) {
            if let (Some((_, from, _)), Some((_, _, to))) = (window.first(), window.last()) {
                found.push((*from, *to));
            }
            at += wanted.len();
        } else {
            at += 1;
        }
    }
    found
}

/// A character as it is compared; some become several in lower case.
fn folded(character: char) -> impl Iterator<Item = char> {
    let character = if character.is_whitespace() { ' ' } else { character };
    character.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_their_capitals_and_line_ends() {
        assert_eq!(places("Locked. LOCKED\nlocked", "locked"), [(0, 6), (8, 14), (15, 21)]);
        assert_eq!(places("deploys\nlocked", " deploys locked "), [(0, 14)]);
        assert_eq!(places("Straße İzmir ÉTÉ", "été"), [(13, 16)]);
        assert_eq!(places("aaaa", "aa"), [(0, 2), (2, 4)]);
    }

    #[test]
    fn places_count_utf_16_units() {
        assert_eq!(places("😀 日本語 😀", "日本"), [(3, 5)]);
        assert_eq!(places("😀 日本語 😀", "😀"), [(0, 2), (7, 9)]);
    }

    #[test]
    fn nothing_is_found_where_nothing_is_looked_for() {
        assert!(places("a b", "").is_empty());
        assert!(places("a b", " \n").is_empty());
        assert!(places("", "a").is_empty());
    }
}
