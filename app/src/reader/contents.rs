//! What a published page holds, so that its dialog lists what the page has and nothing else.

use postmortem::{Postmortem, SectionKey, names, plausible, section};

/// The sections that stand elsewhere on the page or leave the house another way.
const PLACED: [&str; 9] = [
    "overview",
    "what_happened",
    "contributing_factors",
    "resolution",
    "went_well",
    "went_poorly",
    "internal_email",
    "external_message",
    section::REFERENCES,
];

/// The value that readers are shown: roles for names, and nothing that cannot be true.
pub fn for_readers(postmortem: &Postmortem) -> Postmortem {
    names::for_readers(&plausible::of(postmortem.clone()))
}

/// The parts that a page has, as the anchor and heading of each, in reading order. The overview is no part: it stands under
/// the title.
pub fn parts(postmortem: &Postmortem) -> Vec<(String, String)> {
    let prose = |key: &str| {
        let key: SectionKey = key.parse().ok()?;
        has_section(postmortem, &key).then(|| (anchor(&key), key.title()))
    };
    let timeline = has_timeline(postmortem).then(|| ("timeline".to_owned(), "Timeline".to_owned()));
    let actions = (!postmortem.actions.is_empty()).then(|| ("actions".to_owned(), "Action items".to_owned()));
    let mut parts: Vec<(String, String)> = prose("what_happened").into_iter().chain(timeline).collect();
    parts.extend(["contributing_factors", "resolution", "went_well", "went_poorly"].into_iter().filter_map(prose));
    parts.extend(actions);
    parts.extend(further(postmortem).into_iter().map(|key| (anchor(key), key.title())));
    parts.extend(prose(section::REFERENCES));
    parts
}

/// The sections that a template added and that somebody wrote.
pub fn further(postmortem: &Postmortem) -> Vec<&SectionKey> {
    let keys = postmortem.section_keys().into_iter();
    keys.filter(|key| !PLACED.contains(&key.as_str()) && has_section(postmortem, key)).collect()
}

pub fn has_section(postmortem: &Postmortem, key: &SectionKey) -> bool {
    !postmortem.section(key.as_str()).trim().is_empty()
}

pub fn has_timeline(postmortem: &Postmortem) -> bool {
    !postmortem.timeline.is_empty()
}

/// The id of a section's element in the page.
pub fn anchor(key: &SectionKey) -> String {
    key.as_str().replace('_', "-")
}
