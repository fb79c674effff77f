//! Where the words of a passage stand: one rule, which every page and the server ask. It depends on the text, on the
//! quote and on where some characters are now, and on nothing that one page saw and another did not.

/// A character that a passage remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Corner {
    /// The first of the passage.
    First,
    /// The last of the passage.
    Last,
    /// The last of the nearest equal words before it.
    Previous,
    /// The first of the nearest equal words behind it.
    Next,
}

/// Where the remembered characters are, in UTF-16 units.
pub(crate) trait Corners {
    /// The offset in front of the first and of the next, behind the last and the previous; for one that is deleted, where
    /// it was. `None` where none is remembered, or it is not in the text.
    fn offset(&self, corner: Corner) -> Option<u32>;

    /// Whether the character stands in the text.
    fn is_there(&self, corner: Corner) -> bool;
}

/// Words of a text: two offsets in UTF-16 units.
type Words = (u32, u32);

/// Where a quote stands that had so many equals before and behind it when it was written down:
///
/// - between its first and its last character, with what was written into it;
/// - else where it overlaps or touches that place, as what an undo brings back does;
/// - else where it is again one of as many as there were, and of the same number among them: the only one, if it was;
/// - else nowhere.
///
/// Equal words that were there before are never taken for it.
pub(crate) fn find(text: &[u16], quote: &[u16], equals: (u32, u32), corners: &impl Corners) -> Option<Words> {
    if quote.is_empty() {
        return None;
    }
    let place = corners.offset(Corner::First).zip(corners.offset(Corner::Last)).filter(|(from, to)| from <= to);
    if let Some(place) = place
        && holds(text, quote, place, corners)
    {
        return Some(place);
    }
    let matches = matches(text, quote);
    let near = place.and_then(|place| {
        overlapping(&matches, place, corners)
            .or_else(|| written_into(text, quote, place, corners))
            .or_else(|| touching(&matches, place, corners))
    });
    near.or_else(|| of_same_number(&matches, equals, corners))
}

/// All places where a quote stands, overlapping ones too, from the front.
pub(crate) fn matches(text: &[u16], quote: &[u16]) -> Vec<Words> {
    let starts = text.windows(quote.len().max(1)).enumerate().filter(|(_, words)| *words == quote);
    starts.map(|(at, _)| (offset(at), offset(at + quote.len()))).collect()
}

/// The part of a text between two offsets.
pub(crate) fn slice(text: &[u16], (from, to): Words) -> &[u16] {
    text.get(from as usize..to as usize).unwrap_or_default()
}

fn offset(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// Whether a place holds the quote. Between characters that are still there, other words may have been written into it.
fn holds(text: &[u16], quote: &[u16], place: Words, corners: &impl Corners) -> bool {
    let words = slice(text, place);
    let has_both_ends = || corners.is_there(Corner::First) && corners.is_there(Corner::Last);
    words == quote || has_both_ends() && held_in_order(quote, words).is_some()
}

/// How far words have to be read until they have held all of a quote, in its order.
fn held_in_order(quote: &[u16], words: &[u16]) -> Option<usize> {
    let mut rest = words.iter();
    quote.iter().all(|unit| rest.any(|other| other == unit)).then(|| words.len() - rest.len())
}

/// Whether the next equal words were deleted. An undo puts back as much at once as was deleted at once, in front of where
/// it was: so the old place may hold those as well then, but behind what it holds of the passage.
fn is_next_gone(corners: &impl Corners) -> bool {
    corners.offset(Corner::Next).is_some() && !corners.is_there(Corner::Next)
}

/// The match that overlaps the old place.
fn overlapping(matches: &[Words], (from, to): Words, corners: &impl Corners) -> Option<Words> {
    let is_next_gone = is_next_gone(corners);
    let (is_first_there, is_last_there) = (corners.is_there(Corner::First), corners.is_there(Corner::Last));
    let is_one = |(start, end): &Words| {
        *start < to && *end > from && is_apart((*start, *end), corners) && (*start <= from || !is_next_gone)
    };
    let strays = |(start, end): &Words| {
        let is_part = *start > from || *end < to;
        (is_first_there && *start != from, is_last_there && *end != to, is_part, *start)
    };
    matches.iter().copied().filter(is_one).min_by_key(strays)
}

/// The quote with what was written into it, where its beginning or its end was deleted and brought back. What was deleted
/// at the beginning is back in front of the old place, and what was deleted at the end is in it.
fn written_into(text: &[u16], quote: &[u16], (from, to): Words, corners: &impl Corners) -> Option<Words> {
    let in_front = slice(text, (0, from));
    let is_back = |length: &usize| in_front.ends_with(&quote[..*length]);
    let back = if corners.is_there(Corner::First) { 0 } else { (1..quote.len()).rev().find(is_back)? };
    let length = held_in_order(&quote[back..], slice(text, (from, to)))?;
    let end = if corners.is_there(Corner::Last) { to } else { from + offset(length) };
    let words = (from - offset(back), end);
    is_apart(words, corners).then_some(words)
}

/// The match that touches the old place, and is none of the equal words before and behind it: those before are before their
/// own old place.
fn touching(matches: &[Words], (from, to): Words, corners: &impl Corners) -> Option<Words> {
    let previous = corners.offset(Corner::Previous).unwrap_or(0);
    let next = corners.offset(Corner::Next);
    let is_between = |(start, end): &Words| *start >= previous && next.is_none_or(|next| *end <= next);
    let mut between = matches.iter().copied().filter(is_between);
    if is_next_gone(corners) {
        return between.next().filter(|(_, end)| *end == from);
    }
    between.find(|(start, end)| *end == from || *start == to)
}

/// The match that has as many others before and behind it as the passage had.
fn of_same_number(matches: &[Words], (before, after): (u32, u32), corners: &impl Corners) -> Option<Words> {
    let is_complete = matches.len() as u64 == u64::from(before) + u64::from(after) + 1;
    let same = matches.get(before as usize).copied().filter(|_| is_complete)?;
    is_apart(same, corners).then_some(same)
}

/// Whether a match is none of the equal words that stood before and behind the passage. Where the previous ones are
/// deleted nothing can be told of that side: what an undo brings back stands before them.
fn is_apart((start, end): Words, corners: &impl Corners) -> bool {
    let is_behind = |previous| start >= previous || !corners.is_there(Corner::Previous);
    corners.offset(Corner::Previous).is_none_or(is_behind)
        && corners.offset(Corner::Next).is_none_or(|next| end <= next)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offsets of the corners, and whether they are there.
    #[derive(Default)]
    struct Table {
        place: Option<(u32, u32)>,
        is_first_gone: bool,
        is_last_gone: bool,
        previous: Option<(u32, bool)>,
        next: Option<(u32, bool)>,
    }

    impl Corners for Table {
        fn offset(&self, corner: Corner) -> Option<u32> {
            match corner {
                Corner::First => self.place.map(|place| place.0),
                Corner::Last => self.place.map(|place| place.1),
                Corner::Previous => self.previous.map(|previous| previous.0),
                Corner::Next => self.next.map(|next| next.0),
            }
        }

        fn is_there(&self, corner: Corner) -> bool {
            match corner {
                Corner::First => self.place.is_some() && !self.is_first_gone,
                Corner::Last => self.place.is_some() && !self.is_last_gone,
                Corner::Previous => self.previous.is_some_and(|previous| previous.1),
                Corner::Next => self.next.is_some_and(|next| next.1),
            }
        }
    }

    /// The place `(from, to)` with both ends there, or deleted.
    fn there(from: u32, to: u32) -> Table {
        Table { place: Some((from, to)), ..Table::default() }
    }

    fn gone(from: u32, to: u32) -> Table {
        Table { is_first_gone: true, is_last_gone: true, ..there(from, to) }
    }

    fn found(text: &str, quote: &str, equals: (u32, u32), corners: &Table) -> Option<(u32, u32)> {
        let units = |words: &str| words.encode_utf16().collect::<Vec<u16>>();
        find(&units(text), &units(quote), equals, corners)
    }

    #[test]
    fn between_its_ends_the_quote_stands_also_with_what_was_written_into_it() {
        assert_eq!(found("so alpha beta", "alpha beta", (0, 0), &there(3, 13)), Some((3, 13)));
        assert_eq!(found("so alpha 😀 beta", "alpha beta", (0, 0), &there(3, 16)), Some((3, 16)));
        assert_eq!(found("so alpha beta", "alpha beta", (0, 0), &gone(3, 13)), Some((3, 13)));
        assert_eq!(found("so alph beta", "alpha beta", (0, 0), &there(3, 12)), None, "a letter of it was deleted");
        assert_eq!(found("so beta", "alpha beta", (0, 0), &Table { is_first_gone: true, ..there(3, 7) }), None);
        let stray = Table { is_last_gone: true, ..there(3, 18) };
        assert_eq!(found("so alpha beta tail", "alpha beta", (0, 0), &stray), Some((3, 13)), "no more than its words");
    }

    #[test]
    fn what_was_written_into_it_stays_part_of_it_when_its_ends_are_brought_back() {
        let begins_anew = Table { is_first_gone: true, ..there(9, 17) };
        assert_eq!(found("so alpha big beta", "alpha beta", (0, 0), &begins_anew), Some((3, 17)));
        assert_eq!(found("so big beta", "alpha beta", (0, 0), &Table { is_first_gone: true, ..there(3, 11) }), None);
        let ends_anew = Table { is_last_gone: true, ..there(3, 22) };
        assert_eq!(found("so alpha big beta tail", "alpha beta", (0, 0), &ends_anew), Some((3, 17)));
        assert_eq!(
            found("so alpha big tail", "alpha beta", (0, 0), &Table { is_last_gone: true, ..there(3, 13) }),
            None
        );
        assert_eq!(found("so alpha big beta", "alpha beta", (0, 0), &gone(9, 17)), Some((3, 17)), "all of it");
        let other = Table { previous: Some((9, true)), ..gone(9, 18) };
        assert_eq!(found("so alpha  big beta", "alpha beta", (1, 0), &other), None, "these are of the words before");
    }

    #[test]
    fn what_was_brought_back_is_found_where_it_overlaps_or_touches_the_old_place() {
        let cut_in_front = Table { is_first_gone: true, ..there(17, 21) };
        assert_eq!(found("alpha beta alpha beta", "alpha beta", (0, 0), &cut_in_front), Some((11, 21)));
        assert_eq!(
            found("alpha beta.alpha beta", "alpha beta", (0, 0), &gone(10, 10)),
            Some((0, 10)),
            "put back in front"
        );
        assert_eq!(
            found("alpha beta alpha beta", "alpha beta", (0, 0), &gone(11, 11)),
            Some((11, 21)),
            "written behind"
        );
        assert_eq!(found("alpha beta alpha beta", "alpha beta", (0, 0), &gone(14, 14)), Some((11, 21)), "around");
        assert_eq!(found("alpha beta alpha beta", "alpha beta", (0, 0), &gone(21, 21)), Some((11, 21)));
        assert_eq!(
            found("aaaa", "aaa", (0, 0), &Table { is_last_gone: true, ..there(1, 2) }),
            Some((1, 4)),
            "from its first"
        );
        assert_eq!(
            found("aaaa", "aaa", (0, 0), &Table { is_first_gone: true, ..there(1, 3) }),
            Some((0, 3)),
            "to its last"
        );
    }

    #[test]
    fn elsewhere_it_is_found_only_where_it_was_and_is_the_only_one() {
        assert_eq!(found("moved: alpha. ", "alpha", (0, 0), &gone(1, 1)), Some((7, 12)));
        assert_eq!(found("alpha. alpha. ", "alpha", (0, 0), &gone(14, 14)), None, "which of the two nobody can tell");
        assert_eq!(found("moved: alpha. ", "alpha", (1, 0), &gone(1, 1)), None);
        assert_eq!(found("moved: alpha. ", "alpha", (0, 0), &Table::default()), Some((7, 12)), "a document made anew");
        assert_eq!(
            found("alpha, alpha. ", "alpha", (1, 0), &Table::default()),
            Some((7, 12)),
            "the second of two again"
        );
        assert_eq!(found("gone", "alpha", (0, 0), &gone(1, 1)), None);
        assert_eq!(found("", "alpha", (0, 0), &Table::default()), None);
        assert_eq!(found("alpha", "", (0, 0), &gone(1, 1)), None);
    }

    #[test]
    fn the_other_of_two_equal_words_is_never_taken_for_it() {
        let second = |place: (u32, u32)| Table { previous: Some((5, true)), ..gone(place.0, place.1) };
        assert_eq!(found("Same.", "Same.", (1, 0), &second((5, 5))), None, "the first touches the place");
        assert_eq!(found("Same. ", "Same.", (1, 0), &second((6, 6))), None);
        assert_eq!(found("Same.Same.", "Same.", (1, 0), &second((10, 10))), Some((5, 10)));
        assert_eq!(
            found("Same. Same. ", "Same.", (1, 0), &second((12, 12))),
            Some((6, 11)),
            "brought back with the blank"
        );
        let first = |place: (u32, u32), at: u32| Table { next: Some((at, true)), ..gone(place.0, place.1) };
        assert_eq!(found("Same.", "Same.", (0, 1), &first((0, 0), 0)), None);
        assert_eq!(found("Same. Same.", "Same.", (0, 1), &first((6, 6), 6)), Some((0, 5)));
        assert_eq!(
            found("Same. Same.", "Same.", (0, 1), &first((0, 0), 0)),
            None,
            "another was written behind the next"
        );
        assert_eq!(found("Same. Same.", "Same.", (1, 0), &Table { previous: Some((11, true)), ..gone(11, 11) }), None);
    }

    #[test]
    fn equal_words_that_were_deleted_together_are_told_apart_when_they_are_back() {
        let second = Table { previous: Some((5, true)), next: Some((15, false)), ..gone(15, 15) };
        assert_eq!(found("Same.Same.Same.", "Same.", (1, 1), &second), Some((5, 10)), "the second and third were");
        let all = Table { previous: Some((15, false)), next: Some((15, false)), ..gone(15, 15) };
        for (before, place) in [(0, (0, 5)), (1, (5, 10)), (2, (10, 15))] {
            let corners = Table {
                previous: all.previous.filter(|_| before > 0),
                next: all.next.filter(|_| before < 2),
                ..gone(15, 15)
            };
            assert_eq!(found("Same.Same.Same.", "Same.", (before, 2 - before), &corners), Some(place), "{before}");
        }
        assert_eq!(
            found(
                "Same.Same.",
                "Same.",
                (1, 1),
                &Table { previous: Some((10, false)), next: Some((10, false)), ..gone(10, 10) }
            ),
            None
        );
        let part = Table { previous: Some((5, true)), next: Some((13, false)), ..gone(5, 13) };
        assert_eq!(found("Same.me.Same.", "Same.", (1, 1), &part), None, "the third is back, the second only in part");
    }
}
