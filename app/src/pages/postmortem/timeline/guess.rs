//! A time of which not all was written: what was guessed is told, with one key that corrects it.

use crate::controls::notices::{Correction, Notices, Undo};
use crate::reader::time;
use crate::state::postmortem::open::OpenPostmortem;
use chrono::{DateTime, Utc};
use postmortem::{Command, EntryChange, ItemId, KeyTime, Zone};
use std::sync::Arc;

#[derive(Debug, Clone)]
pub struct Guess {
    pub id: ItemId,
    /// The time that it has, and the others that may have been meant.
    pub times: Vec<DateTime<Utc>>,
    /// Its end, which keeps its distance.
    pub until: Option<DateTime<Utc>>,
    /// The key times that stand for it, and go along.
    pub key_times: Vec<KeyTime>,
    pub zone: Zone,
}

impl Guess {
    /// The next time that may have been meant, and what makes it the entry's.
    fn corrected(&self) -> Option<(Self, Vec<Command>)> {
        let (at, next) = (*self.times.first()?, *self.times.get(1)?);
        let mut guess = self.clone();
        guess.times.rotate_left(1);
        guess.until = self.until.map(|until| until + (next - at));
        let change = |change| Command::ChangeEntry(self.id.clone(), change);
        let mut commands = vec![change(EntryChange::Guessed(next))];
        commands.extend(guess.until.map(|until| change(EntryChange::Until(Some(until)))));
        commands.extend(self.key_times.iter().map(|key| Command::SetKeyTime(*key, Some(next))));
        Some((guess, commands))
    }
}

/// Tells the time behind a verb, as in `Entry of Sun 29 Nov 2026, 12:00 UTC`, and offers the next one.
pub fn tell(open: OpenPostmortem, notices: Notices, guess: &Guess, verb: &'static str, undo: Undo) {
    let Some(at) = guess.times.first() else { return };
    let message = format!("{verb} {}", time::whole(*at, guess.zone));
    let correction = guess.corrected().zip(guess.times.get(1)).map(|((guess, commands), next)| Correction {
        label: format!("Make it {}", time::day_and_clock(*next, None, guess.zone)),
        run: {
            let undo = undo.clone();
            Arc::new(move || {
                if open.edit_each(&commands) {
                    tell(open, notices, &guess, verb, undo.clone());
                }
            })
        },
    });
    notices.toast_with(message, Some(undo), correction);
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::{ClientId, EntryDraft, Severity, create};

    #[test]
    fn a_corrected_guess_takes_its_end_and_its_key_times_along_and_nobody_elses() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (noon, end) = (at("2026-11-29T12:00:00Z"), at("2026-11-29T12:30:00Z"));
        let replica = create::create(ClientId(1), "x", Severity::Sev2).unwrap();
        let id = ItemId::new(1, [0; 10]);
        let entry = EntryDraft { until: Some(end), ..EntryDraft::new(noon, "x") };
        for command in [
            Command::SetKeyTime(KeyTime::Started, Some(noon)),
            Command::SetKeyTime(KeyTime::Detected, Some(noon)),
            Command::AddEntry(id.clone(), entry),
        ] {
            replica.run(&command).unwrap();
        }
        let guess = Guess {
            id,
            times: vec![noon, at("2026-11-28T12:00:00Z")],
            until: Some(end),
            key_times: vec![KeyTime::Detected],
            zone: Zone::UTC,
        };
        let (back, commands) = guess.corrected().unwrap();
        replica.run_each(&commands);
        let postmortem = replica.read().postmortem;
        let entry = &postmortem.timeline[0];
        assert_eq!((entry.at, entry.until), (guess.times.get(1).copied(), Some(at("2026-11-28T12:30:00Z"))));
        assert_eq!((postmortem.details.started_at, postmortem.details.detected_at), (Some(noon), entry.at));
        replica.run_each(&back.corrected().unwrap().1);
        assert_eq!(replica.read().postmortem.timeline[0].at, Some(noon), "the key goes round");
    }
}
