//! Names that are words of the language too: `mark`, `will`. By themselves they name somebody only as names are written.

/// In small letters. One that is missing makes a line too many in the list of names, and hides nothing.
const WORDS: [&str; 192] = [
    "al", "amber", "an", "angel", "april", "art", "ash", "august", "bank", "banks", "bell", "best", "bill", "black",
    "blank", "blue", "bob", "bond", "booth", "bridge", "bridges", "brook", "brooks", "brown", "buck", "bud", "burns",
    "can", "case", "cash", "chance", "chase", "chip", "church", "clay", "cliff", "close", "cloud", "cook", "crane",
    "cross", "crystal", "dale", "dan", "dash", "dawn", "day", "de", "dean", "den", "do", "dong", "dot", "drew",
    "driver", "duke", "earl", "eve", "fair", "faith", "fast", "field", "fields", "finch", "fleet", "ford", "forest",
    "foster", "fox", "frank", "gates", "gene", "glass", "glen", "good", "grace", "grant", "graves", "gray", "green",
    "grey", "guy", "hall", "hand", "hang", "hardy", "he", "heath", "hill", "hills", "hope", "house", "hunter", "in",
    "iris", "ivy", "jack", "jade", "jay", "jean", "joy", "june", "justice", "key", "king", "kit", "knight", "la",
    "lake", "lance", "land", "lane", "law", "le", "light", "lily", "little", "lo", "lock", "long", "love", "low",
    "major", "man", "march", "mark", "marks", "marsh", "mason", "max", "may", "miles", "mills", "min", "moon", "moss",
    "nick", "norm", "north", "olive", "page", "park", "parks", "pat", "peak", "pearl", "penny", "pike", "place",
    "pool", "post", "power", "powers", "price", "queen", "ray", "read", "reed", "rich", "rob", "robin", "rock", "root",
    "rose", "rush", "sage", "sandy", "self", "sharp", "short", "sky", "small", "snow", "so", "spring", "star", "steel",
    "stone", "storm", "strong", "sue", "summer", "sun", "swift", "van", "von", "wall", "ward", "waters", "will",
    "wise", "young",
];

/// Whether a name is a word too.
pub(super) fn is_word(name: &str) -> bool {
    WORDS.contains(&name.to_lowercase().as_str())
}
