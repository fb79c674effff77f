//! Updates made to do harm, each breaking one rule of the check by the smallest step: where the rule is against what a
//! library does not survive, what stands here is small enough to be survived, and only refused. Tests send them over
//! sockets and to rooms, and fuzzers start from them. They are written for a document that took in [`SETUP`] first.

use crate::bytes::{hex, number};
use postmortem::limits;

/// What an honest client may send before, whatever the document: client 42 named a service, and client 43 made an entry
/// whose map, text and five letters have the clocks 0, 1 and 2 to 6.
pub const SETUP: [&str; 2] = [
    "01 01 2a 00 28 01 04 6d657461 08 7365727669636573 01 77 01 78 00",
    "01 03 2b 00 27 01 08 74696d656c696e65 01 65 01 27 00 2b 00 04 74657874 02 04 00 2b 01 05 776f726473 00",
];

/// An update that is refused.
#[derive(Debug, Clone)]
pub struct HostileUpdate {
    /// What it is.
    pub name: &'static str,
    /// The update.
    pub update: Vec<u8>,
    /// The code with which it is refused.
    pub code: &'static str,
}

/// One block of client 44 and nothing deleted.
fn block(content: &str) -> String {
    format!("01 01 2c 00 {content} 00")
}

/// One item of client 44 under a new key of the root map `meta`; the first byte of the content is its kind.
fn value(content: &[u8]) -> Vec<u8> {
    let mut update = hex("01 01 2c 00");
    update.push(0x20 | content[0]);
    update.extend(hex("01 04 6d657461 01 6b"));
    update.extend(&content[1..]);
    update.push(0);
    update
}

/// All of them.
pub fn updates() -> Vec<HostileUpdate> {
    let hostile = |(name, update, code)| HostileUpdate { name, update, code };
    let written = written().into_iter().map(|(name, update, code)| (name, hex(&update), code));
    written.chain(made()).map(hostile).collect()
}

/// Those short enough to be written down.
fn written() -> Vec<(&'static str, String, &'static str)> {
    let entry = "01 08 74696d656c696e65 01 65";
    let other = "01 08 74696d656c696e65 01 66";
    let overview = "01 08 73656374696f6e73 08 6f76657276696577";
    let meta = "01 04 6d657461 01 6b";
    let case = |name, update: &str, code| (name, update.to_owned(), code);
    vec![
        // Bytes that are no update.
        case("nothing at all", "", "malformed"),
        case("a number without an end", "ff ff", "malformed"),
        case("a number cut short", "01 01 ac", "malformed"),
        case("a number with bytes to spare", "01 01 2c 00 a8 80 00", "malformed"),
        case("a kind with bytes to spare", &block(&format!("27 {other} 81 00")), "malformed"),
        case("a count of three clients over the bytes of one", "03 00", "malformed"),
        case("a count of three blocks over the bytes of one", "01 03 2c", "malformed"),
        case("a count of three deleted clients over the bytes of one", "00 03 2a", "malformed"),
        case("a count of three deleted ranges over the bytes of one", "00 01 2a 03 00", "malformed"),
        case("a value that claims three parts", &block(&format!("28 {meta} 01 76 03")), "foreign_content"),
        case("bytes behind the update", &format!("{} 00", block(&format!("28 {meta} 01 7e"))), "malformed"),
        case("the same client twice", "02 01 2c 00 00 01 01 2c 00 00 01 00", "malformed"),
        case(
            "an update of the second encoding",
            "0000012d000001280c096d6574617469746c650405010100010101010077067365636f6e6400",
            "malformed",
        ),
        // Clocks and gaps.
        case("a gap of one clock", &format!("01 01 2c 01 28 {meta} 01 7e 00"), "gap"),
        case("a block that stands for a gap", &block("0a 01"), "foreign_content"),
        case("a neighbour of an unknown client", &block("84 63 00 01 78"), "gap"),
        case("a neighbour of the next clock", &block("84 2b 07 01 78"), "gap"),
        case("a parent of an unknown client", &block("27 00 63 00 01 6b 01"), "gap"),
        case("the deletion of an unknown client", "00 01 63 01 00 01", "gap"),
        case("the deletion of the next clock", "00 01 2a 01 00 02", "gap"),
        // Kinds of content.
        case("JSON", &block(&format!("22 {meta} 01 02 7b7d")), "foreign_content"),
        case("bytes as content", &block(&format!("23 {meta} 01 00")), "foreign_content"),
        case("an embed", &block(&format!("25 {meta} 02 7b7d")), "foreign_content"),
        case("a format", &block(&format!("26 {meta} 01 62 01 31")), "foreign_content"),
        case("a document in the document", &block(&format!("29 {meta} 01 61 76 00")), "foreign_content"),
        case("a move", &block(&format!("2b {meta} 00 00 00")), "foreign_content"),
        case("an unknown kind", &block(&format!("2f {meta} 00")), "malformed"),
        case("a list type", &block(&format!("27 {meta} 00")), "foreign_content"),
        case("an XML element", &block(&format!("27 {meta} 03 01 61")), "foreign_content"),
        case("a weak link", &block(&format!("27 {meta} 07 00 01 00")), "foreign_content"),
        case("an unknown type", &block(&format!("27 {meta} 0f")), "foreign_content"),
        case("bytes as a value", &block(&format!("28 {meta} 01 74 01 00")), "foreign_content"),
        case("an object as a value", &block(&format!("28 {meta} 01 76 00")), "foreign_content"),
        case("two values in one", &block(&format!("28 {meta} 02 7e 7e")), "foreign_content"),
        // Places.
        case("an unknown root", &block("28 01 04 65766972 01 6b 01 7e"), "foreign_place"),
        case("the root __proto__", &block("28 01 09 5f5f70726f746f5f5f 01 6b 01 7e"), "foreign_place"),
        case("an item in a root without a key", &block("08 01 04 6d657461 01 7e"), "foreign_place"),
        case("an item that is its own parent", &block("28 00 2c 00 01 6b 01 7e"), "malformed"),
        case(
            "items that are each other's neighbours",
            "02 01 2c 00 84 2d 00 01 78 01 2d 00 84 2c 00 01 78 00",
            "malformed",
        ),
        case("an item that is its own neighbour", &block("84 2c 00 01 78"), "malformed"),
        case("a parent that is a value", &block("28 00 2a 00 01 6b 01 7e"), "misfit"),
        case("a value among the entries", &block(&format!("28 {other} 01 7e")), "foreign_place"),
        case("a text among the entries", &block(&format!("27 {other} 02")), "foreign_place"),
        case("a map among the sections", &block("27 01 08 73656374696f6e73 01 66 01"), "foreign_place"),
        case("a text among the head's values", &block(&format!("27 {meta} 02")), "foreign_place"),
        case("an entry under a key that is no id", &block("27 01 08 74696d656c696e65 03 612062 01"), "foreign_place"),
        case("a section under a key that is none", &block("27 01 08 73656374696f6e73 02 4121 02"), "foreign_place"),
        case("letters as a value", &block(&format!("24 {meta} 01 78")), "foreign_place"),
        case("letters beside a value", &block("84 2a 00 03 616263"), "foreign_place"),
        case("letters in an entry's map", &block("04 00 2b 00 01 78"), "foreign_place"),
        case("letters under a key of a text", &block("24 00 2b 01 01 6b 01 78"), "foreign_place"),
        case("a value among letters", &block("88 2b 04 01 7e"), "foreign_place"),
        case("a map among letters", &block("87 2b 04 01"), "foreign_place"),
        case("a text in a text", &block("07 00 2b 01 02"), "foreign_place"),
        case("a map in an entry's map", &block("27 00 2b 00 01 6b 01"), "foreign_place"),
        case("the same clocks in another place", "01 01 2a 00 84 2b 06 02 7979 00", "foreign_place"),
        case(
            "letters sent again as a map with values",
            "02 03 2b 02 27 01 04 6d657461 01 6b 01 28 00 2b 02 01 6b 01 7e 88 2b 03 01 7e 01 2d 00 88 2b 04 01 7e 00",
            "foreign_place",
        ),
        // Values and keys.
        case(
            "a time that is none",
            &block("28 01 04 6d657461 0a 737461727465645f6174 01 77 03 6e6f77"),
            "foreign_value",
        ),
        case("a number for a title", &block("28 01 04 6d657461 05 7469746c65 01 7d 01"), "foreign_value"),
        case(
            "a plain string for an entry's text",
            "01 02 2c 00 27 01 08 74696d656c696e65 01 66 01 28 00 2c 00 04 74657874 01 77 01 78 00",
            "foreign_place",
        ),
        case("a key that no shape names", &block(&format!("28 {meta} 01 7e")), "foreign_place"),
        // What would be lost.
        case("an entry deleted with its key", "00 01 2b 01 00 01", "lost_part"),
        case("an entry's text deleted with its key", "00 01 2b 01 01 01", "lost_part"),
        case("everything of an entry deleted", "00 01 2b 01 00 07", "lost_part"),
        case("an entry replaced by one beside it", &block("87 2b 00 01"), "lost_part"),
        case("an entry replaced under its key", &block(&format!("27 {entry} 01")), "lost_part"),
        case("an entry's text replaced by one beside it", &block("87 2b 01 02"), "lost_part"),
        case("an entry's text replaced by a value", &block("88 2b 01 01 7e"), "lost_part"),
        case("an entry's text replaced under its key", &block("27 00 2b 00 04 74657874 02"), "lost_part"),
        case("a section replaced under its key", &block(&format!("27 {overview} 02")), "lost_part"),
        // What the CRDT takes its time over.
        case("ranges that overlap", "00 01 2b 02 02 03 03 03", "malformed"),
        case("ranges that run backwards", "00 01 2b 02 05 01 02 01", "malformed"),
        case("ranges of one client in two parts", "00 02 2b 01 02 01 2b 01 04 01", "malformed"),
    ]
}

/// Those that have to be made.
fn made() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let list = [8, 1, 0x75, 1, 0x7e];
    let lists = [8, 1, 0x75, 1, 0x75, 1, 0x7e];
    let objects = [8, 1, 0x76, 1, 1, b'a', 0x76, 1, 1, b'a', 0x7e];
    let maps = hex("01 02 2c 00 27 01 08 74696d656c696e65 01 66 01 27 00 2c 00 01 6b 01 00");
    let root = [hex("01 01 2c 00 28 01"), number(65), vec![b'r'; 65], hex("01 6b 01 7e 00")].concat();
    let key = [hex("01 01 2c 00 28 01 04 6d657461"), number(65), vec![b'k'; 65], hex("01 7e 00")].concat();
    let length = limits::VALUE as u32 + 1;
    let long = [hex("08 01 77"), number(length), vec![b'x'; length as usize]].concat();
    let words = limits::ENTRY - 4;
    let words = [hex("01 01 2c 00 84 2b 06"), number(words), vec![b'x'; words as usize], vec![0]].concat();
    let mut clients = number(1_001);
    for client in 0..1_001 {
        clients.extend([hex("01"), number(1_000 + client), hex("00 00 01")].concat());
    }
    clients.push(0);
    vec![
        ("a list as a value", value(&list), "foreign_content"),
        ("a list in a list", value(&lists), "foreign_content"),
        ("an object in an object", value(&objects), "foreign_content"),
        ("a map in a new entry's map", maps, "foreign_place"),
        ("a root with a name of 65 letters", root, "foreign_place"),
        ("a key of 65 letters", key, "foreign_place"),
        ("a value of one byte too many", value(&long), "too_long"),
        ("an entry of one letter too many", words, "too_long"),
        ("a thousand and one new clients", clients, "too_large"),
    ]
}
