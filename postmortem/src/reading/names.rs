//! Names in what is published. Readers are told roles: the owners of actions and whoever is mentioned as `@Name` become
//! the role that they had. Every other name of somebody who took part is found, so that it is seen before it is published.

mod speakers;
mod words;

use crate::{Postmortem, Responder, Role, SectionKey, markdown};
use std::ops::Range;
use words::is_word;

/// The shortest name before a colon, in bytes, that is looked for elsewhere too: shorter ones are words.
const SHORTEST_SPEAKER: usize = 3;

/// A name that readers would read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameFound {
    /// Where it stands, as the page calls the place: `What happened`, `Timeline, 23:07 UTC`.
    pub place: String,
    /// The name as it stands there.
    pub name: String,
}

/// The post-mortem as readers get it.
pub fn for_readers(postmortem: &Postmortem) -> Postmortem {
    let people = People::of(postmortem);
    let mut shown = postmortem.clone();
    shown.details.title = people.with_roles(&shown.details.title);
    for text in shown.sections.values_mut() {
        *text = people.with_roles(text);
    }
    for entry in &mut shown.timeline {
        entry.text = people.with_roles(&entry.text);
        entry.note = people.with_roles(&entry.note);
        entry.clock = people.with_roles(&entry.clock);
        for reading in &mut entry.readings {
            reading.clock = people.with_roles(&reading.clock);
        }
    }
    for figure in &mut shown.impact {
        figure.label = people.with_roles(&figure.label);
        figure.value = figure.value.take().map(|value| people.with_roles(&value));
        figure.note = people.with_roles(&figure.note);
    }
    for action in &mut shown.actions {
        action.text = people.with_roles(&action.text);
        action.reason = people.with_roles(&action.reason);
        if let Some(role) = people.role_of(&action.owner) {
            action.owner = capitalised(without_article(role));
        }
    }
    shown
}

/// What readers are told of who has this name: `the incident commander`; `None` for somebody without a role.
pub fn role_of(postmortem: &Postmortem, name: &str) -> Option<String> {
    People::of(postmortem).role_of(name).map(str::to_owned)
}

/// The names that are left in what [`for_readers`] gives, each once for a place, in the order of the page. `writers` are the
/// names of those who wrote here under their own, in the post-mortem or beside it.
pub fn left_for_readers(postmortem: &Postmortem, writers: &[String]) -> Vec<NameFound> {
    let shown = for_readers(postmortem);
    let names = names_of(postmortem, &shown, writers);
    let mut found: Vec<NameFound> = Vec::new();
    for Text { place, text, speakers } in published_texts(&shown) {
        let starts = word_starts(&text);
        let speaking = speakers.iter().map(|name| (*name, Sought::as_written(name).places(&text, &starts)));
        let known = names.iter().map(|sought| (sought.name.as_str(), sought.places(&text, &starts)));
        let mentioned =
            mentions(&text).into_iter().map(|(at, name)| (name, std::iter::once(at + 1..at + name.len()).collect()));
        // A part of a name that was found is no name of its own there.
        let mut named: Vec<Range<usize>> = Vec::new();
        for (name, places) in speaking.chain(known).chain(mentioned) {
            let is_part = |place: &Range<usize>| {
                named.iter().any(|longer| longer.start <= place.start && place.end <= longer.end)
            };
            let is_new = !found.iter().any(|known| known.place == place && known.name == name);
            if is_new && !places.iter().all(is_part) {
                found.push(NameFound { place: place.clone(), name: name.to_owned() });
            }
            named.extend(places);
        }
    }
    found
}

/// Words of the page.
struct Text<'a> {
    place: String,
    text: String,
    /// Who speaks in them, where they are an entry.
    speakers: Vec<&'a str>,
}

/// Everything that the page says in words, with where.
fn published_texts(postmortem: &Postmortem) -> Vec<Text<'_>> {
    let text = |place: String, text: String| Text { place, text, speakers: Vec::new() };
    let mut texts = vec![
        text("Title".to_owned(), postmortem.details.title.clone()),
        text("Services".to_owned(), postmortem.details.services.join("\n")),
    ];
    let is_published = |key: &&SectionKey| !matches!(key.as_str(), "internal_email" | "external_message");
    for key in postmortem.section_keys().into_iter().filter(is_published) {
        texts.push(text(key.title(), postmortem.section(key.as_str()).to_owned()));
    }
    for figure in postmortem.impact.iter().filter(|figure| figure.value.is_some()) {
        let value = figure.value.as_deref().unwrap_or_default();
        texts.push(text(format!("Impact, {}", figure.label), format!("{}\n{value}\n{}", figure.label, figure.note)));
    }
    for entry in &postmortem.timeline {
        let at = entry.at.map_or_else(|| "without a time".to_owned(), |at| at.format("%H:%M UTC").to_string());
        let clocks: Vec<&str> = entry.readings.iter().map(|reading| reading.clock.as_str()).collect();
        let clocks = format!("{}\n{}", entry.clock, clocks.join("\n"));
        texts.push(Text {
            place: format!("Timeline, {at}"),
            text: format!("{}\n{}\n{clocks}", entry.text, entry.note),
            speakers: speakers::speakers(&entry.text, postmortem),
        });
    }
    for (number, action) in (1..).zip(&postmortem.actions) {
        texts.push(text(format!("Action item {number}"), format!("{}\n{}", action.text, action.reason)));
        texts.push(text(format!("Action item {number}, owner"), action.owner.clone()));
    }
    texts
}

/// A name that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sought {
    name: String,
    /// Whether it names somebody only as it is written, or in capitals.
    is_as_written: bool,
}

impl Sought {
    /// One that may be a word, or nobody's.
    fn as_written(name: &str) -> Self {
        let name = name.trim_matches(|letter: char| !letter.is_alphanumeric());
        Self { name: name.to_owned(), is_as_written: !name.contains(' ') }
    }

    /// One of somebody who took part.
    fn of_a_person(name: &str) -> Self {
        Self { is_as_written: is_word(name), ..Self::as_written(name) }
    }

    /// Where it stands in a text that has these beginnings of words. Scripts without cases have no spaces to look for either.
    fn places(&self, text: &str, starts: &[usize]) -> Vec<Range<usize>> {
        let has_case = self.name.chars().any(|letter| letter.is_lowercase() || letter.is_uppercase());
        if !has_case {
            return text.match_indices(&self.name).map(|(at, name)| at..at + name.len()).collect();
        }
        let found = starts.iter().filter_map(|start| {
            let rest = text.get(*start..)?;
            let length = same_letters(rest, &self.name)?;
            let (name, behind) = rest.split_at_checked(length)?;
            let is_whole = !behind.starts_with(char::is_alphanumeric);
            let is_meant = !self.is_as_written || name == self.name || name == self.name.to_uppercase();
            (is_whole && is_meant).then(|| *start..*start + length)
        });
        found.collect()
    }
}

/// Where the words of a text begin.
fn word_starts(text: &str) -> Vec<usize> {
    let mut is_inside = false;
    let begins = |(at, next): (usize, char)| {
        let was_inside = std::mem::replace(&mut is_inside, next.is_alphanumeric());
        (is_inside && !was_inside).then_some(at)
    };
    text.char_indices().filter_map(begins).collect()
}

/// The length of what a text begins with where that is a name, in whatever case.
fn same_letters(text: &str, name: &str) -> Option<usize> {
    let mut letters = text.chars();
    let is_same = |letter: char| letters.next().is_some_and(|other| letter.to_lowercase().eq(other.to_lowercase()));
    name.chars().all(is_same).then(|| text.len() - letters.as_str().len())
}

/// The names of those who took part, whole ones first: of people, not of the owners of actions, their given names and
/// surnames too.
fn names_of(postmortem: &Postmortem, shown: &Postmortem, writers: &[String]) -> Vec<Sought> {
    let people = postmortem.responders.iter().map(|responder| responder.name.as_str());
    let people = people.chain([postmortem.details.owner.as_str()]).chain(writers.iter().map(String::as_str));
    let people: Vec<&str> = people.map(str::trim).collect();
    let speakers = shown.timeline.iter().flat_map(|entry| speakers::speakers(&entry.text, shown));
    // `mark: deploys` names somebody there, and is a word everywhere else.
    let speakers = speakers.filter(|name| name.starts_with(char::is_uppercase) && name.len() >= SHORTEST_SPEAKER);
    let speakers: Vec<&str> = speakers.collect();
    let owners = postmortem.actions.iter().map(|action| action.owner.trim());
    let guessed: Vec<Sought> = speakers.iter().copied().chain(owners).map(Sought::as_written).collect();
    let of_people = people.iter().flat_map(|name| parts(name)).map(Sought::of_a_person);
    let of_speakers = speakers.iter().flat_map(|name| parts(name)).map(Sought::as_written);
    let parts: Vec<Sought> = of_people.chain(of_speakers).collect();
    let is_role = |name: &str| Role::ALL.iter().any(|role| role.label().eq_ignore_ascii_case(name));
    let people = people.iter().copied().map(Sought::of_a_person);
    let mut names: Vec<Sought> = people.chain(guessed).chain(parts).collect();
    names.retain(|sought| !sought.name.is_empty() && !is_role(&sought.name));
    names.sort_by_key(|sought| std::cmp::Reverse(sought.name.len()));
    names.dedup();
    names
}

/// The given names and surnames that are looked for without the rest: an initial is none, and `an` is a word.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    let is_name = |part: &&str| {
        let letters = part.chars().filter(|letter| letter.is_alphanumeric()).count();
        letters > 2 || letters == 2 && !is_word(part)
    };
    name.split_whitespace().filter(move |_| name.contains(' ')).filter(is_name)
}

/// Whoever is mentioned as `@name`, with where.
fn mentions(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let rest = text.get(at + 1..).unwrap_or_default();
        let is_of_a_name = |character: char| character.is_alphanumeric() || "._-".contains(character);
        let end = rest.find(|character| !is_of_a_name(character)).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default().trim_end_matches(['.', '-', '_']);
        if begins_mention(text, at) && name.starts_with(char::is_alphabetic) {
            found.extend(text.get(at..at + 1 + name.len()).map(|mention| (at, mention)));
        }
    }
    found
}

/// Whether an `@` is the beginning of a mention and not the middle of an address.
fn begins_mention(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|front| front.chars().next_back());
    before.is_none_or(|before| before.is_whitespace() || "([{,;:\"'*_~>\u{201c}\u{2013}".contains(before))
}

/// Everybody with a role, by the names that a mention may use.
struct People {
    /// Name and the role in words; whole names before given ones.
    names: Vec<(String, String)>,
}

impl People {
    fn of(postmortem: &Postmortem) -> Self {
        let mut whole: Vec<(String, String)> = postmortem.responders.iter().map(with_words).collect();
        let owner = postmortem.details.owner.trim();
        if !whole.iter().any(|(name, _)| name == owner) {
            whole.push((owner.to_owned(), "the owner of this post-mortem".to_owned()));
        }
        whole.retain(|(name, _)| !name.is_empty());
        let given: Vec<(String, String)> =
            whole.iter().filter_map(|(name, role)| Some((name.split_once(' ')?.0.to_owned(), role.clone()))).collect();
        // A given name that several have could be anybody's.
        let is_shared = |name: &str| given.iter().filter(|(other, _)| other == name).count() > 1;
        let unshared: Vec<(String, String)> = given.iter().filter(|(name, _)| !is_shared(name)).cloned().collect();
        whole.extend(unshared);
        whole.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        Self { names: whole }
    }

    /// The role of whoever has this whole name.
    fn role_of(&self, name: &str) -> Option<&str> {
        let name = name.trim().trim_start_matches('@');
        self.names.iter().find(|(known, _)| known.to_lowercase() == name.to_lowercase()).map(|(_, role)| role.as_str())
    }

    /// The text with the roles of those whom it mentions. Code, and what is or has an address, stays as it is.
    fn with_roles(&self, text: &str) -> String {
        if !text.contains('@') {
            return text.to_owned();
        }
        let words = markdown::words(text);
        let is_of_words = |at: usize| words.iter().any(|range| range.contains(&at));
        let mut written = String::with_capacity(text.len());
        let mut from = 0;
        for (at, _) in text.match_indices('@') {
            if at < from || !begins_mention(text, at) || !is_of_words(at) {
                continue;
            }
            let rest = text.get(at + 1..).unwrap_or_default();
            let Some((length, role)) = self.names.iter().find_map(|(name, role)| Some((starts(rest, name)?, role)))
            else {
                continue;
            };
            written.push_str(text.get(from..at).unwrap_or_default());
            written.push_str(&if begins_sentence(&written) { capitalised(role) } else { role.clone() });
            from = at + 1 + length;
        }
        written.push_str(text.get(from..).unwrap_or_default());
        written
    }
}

/// Whether what follows begins a sentence or a line. `e.g.` ends none.
fn begins_sentence(front: &str) -> bool {
    let line = front.rsplit('\n').next().unwrap_or_default();
    let line = line.trim_end_matches([' ', '*', '_', '"']);
    let last = line.rsplit(' ').next().unwrap_or_default();
    let is_mark =
        |word: &str| word.chars().all(|character| character.is_ascii_digit() || "-*+>#.)".contains(character));
    let ends = last.ends_with(['!', '?']) || (last.ends_with('.') && last.matches('.').count() == 1 && last.len() > 3);
    line.split_whitespace().all(is_mark) || ends
}

fn with_words(responder: &Responder) -> (String, String) {
    let label = responder.role.label();
    let mut letters = label.chars();
    let lowered = letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect());
    let article = match responder.role {
        Role::SubjectMatterExpert | Role::Responder => "a",
        Role::IncidentCommander | Role::Deputy | Role::Scribe | Role::CustomerLiaison => "the",
    };
    (responder.name.trim().to_owned(), format!("{article} {lowered}"))
}

fn without_article(role: &str) -> &str {
    role.split_once(' ').map_or(role, |(_, role)| role)
}

fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The length of a name at the beginning of a text, in whatever case and however its words are joined, where it is all of
/// the handle.
fn starts(text: &str, name: &str) -> Option<usize> {
    let mut rest = text;
    for (index, word) in name.split_whitespace().enumerate() {
        if index > 0 {
            let joined =
                rest.trim_start_matches(|character: char| character.is_whitespace() || "._-".contains(character));
            rest = if joined.len() < rest.len() { joined } else { return None };
        }
        let mut letters = rest.chars();
        let is_same = word
            .chars()
            .all(|letter| letters.next().is_some_and(|other| letter.to_lowercase().eq(other.to_lowercase())));
        rest = is_same.then_some(letters.as_str())?;
    }
    let goes_on = |rest: &str| rest.starts_with(char::is_alphanumeric);
    let joins = rest.trim_start_matches(['.', '_', '-', '@']);
    let is_whole = !goes_on(rest) && (joins.len() == rest.len() || !goes_on(joins));
    is_whole.then(|| text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActionItem, ActionKind, ActionState, EntryKind, Precision, Priority, Stamp, TimelineEntry};

    fn action(text: &str, owner: &str) -> ActionItem {
        ActionItem {
            id: "a1".parse().expect("an id"),
            text: text.into(),
            owner: owner.into(),
            due: None,
            priority: Priority::P1,
            kind: ActionKind::Prevents,
            state: ActionState::Open,
            ticket: None,
            reason: String::new(),
        }
    }

    fn with(text: &str) -> Postmortem {
        let mut postmortem = Postmortem::default();
        let responder =
            |id: &str, name: &str, role| Responder { id: id.parse().expect("an id"), name: name.into(), role };
        postmortem.responders = vec![
            responder("r1", "Mara Lindqvist", Role::IncidentCommander),
            responder("r2", "Jonah", Role::SubjectMatterExpert),
        ];
        postmortem.details.owner = "Ines Roth".into();
        postmortem.sections.insert("what_happened".parse().expect("a key"), text.into());
        postmortem
    }

    #[test]
    fn whoever_is_mentioned_becomes_a_role() {
        for (written, read) in [
            ("@Mara locked deploys", "The incident commander locked deploys"),
            ("then @mara lindqvist, with @Jonah.", "then the incident commander, with a subject-matter expert."),
            ("- @Ines writes", "- The owner of this post-mortem writes"),
            ("(@Jonah)", "(a subject-matter expert)"),
            (
                "@Jonahs and mail@Jonah and https://x.example/@Jonah",
                "@Jonahs and mail@Jonah and https://x.example/@Jonah",
            ),
            ("@Priya", "@Priya"),
            ("@mara.lindqvist and @Mara_Lindqvist", "The incident commander and the incident commander"),
            ("ask @Mara\nLindqvist", "ask the incident commander"),
            ("@mara-roth @mara@infosec.example @Jonah.com", "@mara-roth @mara@infosec.example @Jonah.com"),
            ("https://x.example/a:@Jonah and `npm i @jonah/ui`", "https://x.example/a:@Jonah and `npm i @jonah/ui`"),
            ("```\n@Jonah\n```", "```\n@Jonah\n```"),
            ("[@Jonah](https://x.example)", "[@Jonah](https://x.example)"),
            ("e.g. @Mara, pre-@Mara. @Mara", "e.g. the incident commander, pre-@Mara. The incident commander"),
        ] {
            assert_eq!(for_readers(&with(written)).section("what_happened"), read);
        }
    }

    fn said(text: &str) -> TimelineEntry {
        TimelineEntry {
            id: "e1".parse().expect("an id"),
            at: "2018-10-21T23:07:00Z".parse().ok(),
            until: None,
            precision: Precision::Minute,
            clock: String::new(),
            readings: Vec::new(),
            kind: EntryKind::Observation,
            text: text.into(),
            source: None,
            note: String::new(),
            severity: None,
            stamp: Stamp::default(),
        }
    }

    #[test]
    fn whoever_speaks_in_a_chat_is_found() {
        for (text, name) in [
            ("Priya Raman: queue stops", Some("Priya Raman")),
            ("NAME: queue stops", Some("NAME")),
            ("mara: queue stops", Some("mara")),
            ("<mara> queue stops", Some("mara")),
            ("queue stops\nnoor.aziz: why?", Some("noor.aziz")),
            ("**Priya Raman:** queue stops", Some("Priya Raman")),
            ("Impact: queue stops", None),
            ("Root cause: queue stops", None),
            ("Root Cause: queue stops", None),
            ("Customer liaison: told", None),
            ("MySQL: queue stops", None),
            ("db1: queue stops", None),
            ("the queue: it stops", None),
            ("12:12:10 queue stops", None),
            ("https://x.example queue stops", None),
            ("`a`: queue stops", None),
        ] {
            let mut postmortem = with("");
            postmortem.details.services = vec!["MySQL".into()];
            postmortem.timeline = vec![said(text)];
            let found: Vec<NameFound> = left_for_readers(&postmortem, &[]);
            let expected = name.map(|name| NameFound { place: "Timeline, 23:07 UTC".into(), name: name.into() });
            assert_eq!(found, Vec::from_iter(expected), "{text}");
        }
        let mut postmortem = with("Priya and Mark left a mark; so did mara.");
        postmortem.timeline = vec![said("Priya Raman: queue stops"), said("mark: why?"), said("Mark: back")];
        let found: Vec<(String, String)> =
            left_for_readers(&postmortem, &[]).into_iter().map(|found| (found.place, found.name)).collect();
        let (prose, timeline) = ("What happened", "Timeline, 23:07 UTC");
        let expected = [
            (prose, "Priya"),
            (prose, "Mark"),
            (prose, "Mara"),
            (timeline, "Priya Raman"),
            (timeline, "mark"),
            (timeline, "Mark"),
        ];
        assert_eq!(found, expected.map(|(place, name)| (place.to_owned(), name.to_owned())));
    }

    #[test]
    fn a_name_that_another_begins_with_is_found_where_it_stands() {
        for (people, text, names) in [
            (["Annabel Roth", "Ann"], "Annabel Roth asked Ann.", vec!["Annabel Roth", "Ann"]),
            (["Annabel Roth", "Ann"], "Annabel Roth asked @Ann's team", vec!["Annabel Roth"]),
            (["Annabel Roth", "Ann"], "Annabel asked", vec!["Annabel"]),
            (["Jonah", "Jon"], "jonah and jon", vec!["Jonah", "Jon"]),
            (["Markus Roth", "Mark Roth"], "Markus Roth, Mark, Roth", vec!["Markus Roth", "Roth", "Mark"]),
            (["Mara Lindqvist", "Bo Ek"], "asked mara and Bo; ek too", vec!["Mara", "Bo", "Ek"]),
            (["Will May", "An Do"], "An error may do so, as will we", vec![]),
            (["Will May", "An Do"], "WILL asked May", vec!["Will", "May"]),
            (["J. Roth", "Max"], "J. asked for the max", vec![]),
            (["Roth, Annabel", "Ann"], "(annabel)", vec!["Annabel"]),
        ] {
            let mut postmortem = with(text);
            postmortem.details.owner = String::new();
            postmortem.responders = people
                .map(|name| Responder { id: "r".parse().expect("an id"), name: name.into(), role: Role::Scribe })
                .into();
            let found: Vec<String> = left_for_readers(&postmortem, &[]).into_iter().map(|found| found.name).collect();
            assert_eq!(found, names, "{text}");
        }
    }

    #[test]
    fn what_stays_of_names_is_found_with_its_place() {
        let mut postmortem = with("Mara Lindqvist asked @Priya; Jonah's fix went out, see Jonahtown.");
        postmortem.actions =
            vec![action("Ask Mara", "Jonah"), action("Do", "Platform team"), action("Do", "Ines Roth")];
        let found: Vec<(String, String)> =
            left_for_readers(&postmortem, &[]).into_iter().map(|found| (found.place, found.name)).collect();
        let expected = [
            ("What happened", "Mara Lindqvist"),
            ("What happened", "Jonah"),
            ("What happened", "@Priya"),
            ("Action item 1", "Mara"),
            ("Action item 2, owner", "Platform team"),
        ];
        assert_eq!(found, expected.map(|(place, name)| (place.to_owned(), name.to_owned())));
        assert_eq!(for_readers(&postmortem).actions[0].owner, "Subject-matter expert");
        assert_eq!(left_for_readers(&with("Nobody is named. The mark of will."), &[]), []);
        for (written, name) in [
            ("Lindqvist restarted", "Lindqvist"),
            ("mara lindqvist restarted", "Mara Lindqvist"),
            ("MARA restarted", "Mara"),
            ("[@Jonah](https://x.example)", "Jonah"),
        ] {
            let found: Vec<String> =
                left_for_readers(&with(written), &[]).into_iter().map(|found| found.name).collect();
            assert_eq!(found, [name], "{written}");
        }
        let mut postmortem = with("Priya asked Noor Aziz; Ann did not.");
        postmortem.timeline = vec![said("queue stops")];
        let writers = ["Noor Aziz", "Priya"].map(str::to_owned);
        let found: Vec<String> = left_for_readers(&postmortem, &writers).into_iter().map(|found| found.name).collect();
        assert_eq!(found, ["Noor Aziz", "Priya"]);
        let mut postmortem = with("王伟重启了");
        postmortem.details.owner = "王伟".into();
        assert_eq!(left_for_readers(&postmortem, &[]).len(), 1);
    }
}
