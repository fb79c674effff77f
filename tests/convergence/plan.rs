//! A random plan of edits, cuts, returns and crashes from one seed.

use crate::network::Network;
use postmortem::{
    ActionDraft, Command, EntryChange, ItemId, KeyTime, Precision, SectionKey, Severity, TextChange, TextId,
};
use rand::Rng;
use std::collections::BTreeSet;

const STEPS: usize = 120;
const LETTERS: &[&str] = &["a", "é", "日", "😀", "\n", "deploy ", "مرحبا", "- "];

/// Runs the plan of a seed and checks that nothing typed is missing.
pub fn run(seed: u64) {
    let people = 2 + (seed % 4) as usize;
    let mut network = Network::new(people, seed);
    let mut entries = vec![network.add_entry(0, "first")];
    network.rest();
    let mut words = BTreeSet::new();
    for step in 0..STEPS {
        let index = network.random.random_range(0..people);
        match network.random.random_range(0..20) {
            0 => network.cut(index),
            1 | 2 => network.connect(index),
            3 if network.random.random_bool(0.2) => network.crash(),
            4 => entries.push(network.add_entry(index, "added")),
            5 => type_into_section(&mut network, index, &format!("<{step}>"), &mut words),
            6 => change_values(&mut network, index, &entries),
            7..=11 => edit_text(&mut network, index, &entries),
            _ => network.deliver_some(),
        }
        // A page that was cut off by a crash comes back in its own time.
    }
    network.rest();
    let overview = network.replica(0).section(&section());
    for word in &words {
        assert_eq!(overview.matches(word.as_str()).count(), 1, "{word} in {overview:?}");
    }
    assert_eq!(network.entries(0), entries.len());
}

fn section() -> SectionKey {
    "overview".parse().expect("a key")
}

/// Words of the overview are only ever added, so that each must be there once at the end.
fn type_into_section(network: &mut Network, index: usize, word: &str, words: &mut BTreeSet<String>) {
    let text = TextId::Section(section());
    let Some(current) = network.replica(index).text(&text) else { return };
    let boundaries: Vec<usize> = std::iter::once(0).chain(current.match_indices('>').map(|(at, _)| at + 1)).collect();
    let at = boundaries[network.random.random_range(0..boundaries.len())];
    let at = current[..at].encode_utf16().count() as u32;
    network.run(index, &Command::EditText(text, vec![TextChange { from: at, to: at, insert: word.to_owned() }]));
    words.insert(word.to_owned());
}

fn edit_text(network: &mut Network, index: usize, entries: &[ItemId]) {
    let entry = &entries[network.random.random_range(0..entries.len())];
    let text = TextId::Entry(entry.clone());
    let Some(current) = network.replica(index).text(&text) else { return };
    let length = current.encode_utf16().count() as u32;
    let from = network.random.random_range(0..=length);
    let to = if network.random.random_bool(0.3) { network.random.random_range(from..=length) } else { from };
    let insert = LETTERS[network.random.random_range(0..LETTERS.len())].to_owned();
    network.run(index, &Command::EditText(text, vec![TextChange { from, to, insert }]));
}

fn change_values(network: &mut Network, index: usize, entries: &[ItemId]) {
    let minute = network.random.random_range(0..60);
    let at = format!("2018-10-21T23:{minute:02}:00Z").parse().expect("a time");
    let entry = &entries[network.random.random_range(0..entries.len())];
    let has_entry = network.replica(index).entry(entry).is_some();
    let choice = network.random.random_range(0..6);
    let action = ItemId::new(network.random.random_range(0..u64::from(u32::MAX)), [index as u8; 10]);
    let command = match choice {
        0 if has_entry => Command::ChangeEntry(entry.clone(), EntryChange::At(at)),
        1 if has_entry => Command::ChangeEntry(entry.clone(), EntryChange::Precision(Precision::About)),
        2 => Command::SetKeyTime(KeyTime::Started, Some(at)),
        3 => Command::SetSeverity(Severity::Sev2),
        4 => Command::AddAction(action, ActionDraft::new("Add an alert")),
        _ => Command::SetTitle(format!("Title {minute}")),
    };
    network.run(index, &command);
}
