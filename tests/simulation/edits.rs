//! What a person does next: a kind of edit and dice become a command that fits what their page shows.

use crate::ledger::Ledger;
use crate::page::section;
use crate::plan::Edit;
use postmortem::{
    ActionChange, ActionDraft, ActionKind, ActionState, Command, EntryChange, EntryDraft, EntryKind, FigureChange,
    FigureDraft, ItemId, ItemKind, KeyTime, Precision, Priority, Replica, ResponderChange, ResponderDraft, Role,
    Severity, TextChange, TextId,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Everything that was ever added, by anybody.
#[derive(Debug, Default)]
pub struct Items(Vec<(ItemKind, ItemId)>);

impl Items {
    fn add(&mut self, kind: ItemKind) -> ItemId {
        let id = ItemId::new(self.0.len() as u64 + 1, [7; 10]);
        self.0.push((kind, id.clone()));
        id
    }

    /// One that this replica has, if the dice find any.
    fn any(&self, replica: &Replica, random: &mut StdRng, kind: Option<ItemKind>) -> Option<(ItemKind, ItemId)> {
        let fits =
            |item: &&(ItemKind, ItemId)| kind.is_none_or(|kind| kind == item.0) && replica.knows(item.0, &item.1);
        let fitting: Vec<&(ItemKind, ItemId)> = self.0.iter().filter(fits).collect();
        (!fitting.is_empty()).then(|| fitting[random.random_range(0..fitting.len())].clone())
    }
}

/// The command of an edit; nothing where the page shows nothing that it could change.
pub fn command(edit: Edit, dice: u64, replica: &Replica, ledger: &mut Ledger, items: &mut Items) -> Option<Command> {
    let mut random = StdRng::seed_from_u64(dice);
    let random = &mut random;
    let find = |random: &mut StdRng, kind| Some(items.any(replica, random, Some(kind))?.1);
    Some(match edit {
        Edit::Insert | Edit::Replace | Edit::Delete | Edit::Paste => {
            let text = text(replica, random, items)?;
            let changes = changes(edit, replica, random, ledger, &text)?;
            Command::EditText(text, changes)
        }
        Edit::AddEntry => {
            let draft = EntryDraft::new(time(random), ledger.fresh(3));
            Command::AddEntry(items.add(ItemKind::Entry), draft)
        }
        Edit::ChangeEntry => Command::ChangeEntry(find(random, ItemKind::Entry)?, entry_change(random)),
        Edit::AddAction => Command::AddAction(items.add(ItemKind::Action), ActionDraft::new(ledger.fresh(3))),
        Edit::ChangeAction => Command::ChangeAction(find(random, ItemKind::Action)?, action_change(random)),
        Edit::AddFigure => {
            let draft = FigureDraft { label: word(random), ..FigureDraft::default() };
            Command::AddFigure(items.add(ItemKind::Figure), draft)
        }
        Edit::ChangeFigure => Command::ChangeFigure(find(random, ItemKind::Figure)?, figure_change(random)),
        Edit::AddResponder => {
            let draft = ResponderDraft { name: word(random), role: any(random, Role::ALL) };
            Command::AddResponder(items.add(ItemKind::Responder), draft)
        }
        Edit::ChangeResponder => {
            let change = match random.random_range(0..2) {
                0 => ResponderChange::Name(word(random)),
                _ => ResponderChange::Role(any(random, Role::ALL)),
            };
            Command::ChangeResponder(find(random, ItemKind::Responder)?, change)
        }
        // A key of its own: of two sections that are added at once under one key, one hides the other.
        Edit::AddSection => {
            let key: String = (0..12).map(|_| char::from(random.random_range(b'a'..=b'z'))).collect();
            Command::AddSection(key.parse().ok()?, ledger.fresh(3))
        }
        Edit::Details => details(random),
        Edit::DeleteItem => {
            let (kind, id) = items.any(replica, random, None)?;
            Command::Delete(kind, id)
        }
        Edit::RestoreItem => {
            let (kind, id) = items.any(replica, random, None)?;
            Command::Restore(kind, id)
        }
    })
}

/// The shared text that a command changes or makes.
pub fn touched(command: &Command) -> Option<TextId> {
    match command {
        Command::EditText(text, _) => Some(text.clone()),
        Command::AddEntry(id, _) => Some(TextId::Entry(id.clone())),
        Command::AddAction(id, _) => Some(TextId::Action(id.clone())),
        Command::AddSection(key, _) => Some(TextId::Section(key.clone())),
        _ => None,
    }
}

/// Mostly the section that everybody has open.
fn text(replica: &Replica, random: &mut StdRng, items: &Items) -> Option<TextId> {
    if random.random_bool(0.6) {
        return Some(section());
    }
    match items.any(replica, random, None)? {
        (ItemKind::Entry, id) => Some(TextId::Entry(id)),
        (ItemKind::Action, id) => Some(TextId::Action(id)),
        _ => "sections/what_happened".parse().ok(),
    }
}

fn changes(
    edit: Edit,
    replica: &Replica,
    random: &mut StdRng,
    ledger: &mut Ledger,
    text: &TextId,
) -> Option<Vec<TextChange>> {
    let length = replica.text(text)?.encode_utf16().count() as u32;
    let from = random.random_range(0..=length);
    let (to, count) = match edit {
        Edit::Insert => (from, random.random_range(1..4)),
        Edit::Paste => (from, 200),
        Edit::Replace => (random.random_range(from..=length.min(from + 6)), random.random_range(1..4)),
        _ => (random.random_range(from..=length.min(from + 12)), 0),
    };
    let first = TextChange { from, to, insert: ledger.fresh(count) };
    // Now and then one transaction changes two places, as find and replace does.
    if to < length && random.random_bool(0.2) {
        return Some(vec![first, TextChange { from: length, to: length, insert: ledger.fresh(1) }]);
    }
    Some(vec![first])
}

fn entry_change(random: &mut StdRng) -> EntryChange {
    match random.random_range(0..7) {
        0 => EntryChange::At(time(random)),
        1 => EntryChange::Until(random.random_bool(0.5).then(|| time(random))),
        2 => EntryChange::Precision(any(random, Precision::ALL)),
        3 => EntryChange::Kind(any(random, EntryKind::ALL)),
        4 => EntryChange::Source(format!("https://debrief.example/{}", word(random)).parse().ok()),
        5 => EntryChange::Note(word(random)),
        _ => EntryChange::Severity(random.random_bool(0.5).then(|| any(random, Severity::ALL))),
    }
}

fn action_change(random: &mut StdRng) -> ActionChange {
    match random.random_range(0..6) {
        0 => ActionChange::Owner(word(random)),
        1 => ActionChange::Due(random.random_bool(0.5).then(|| time(random).date_naive())),
        2 => ActionChange::Priority(any(random, Priority::ALL)),
        3 => ActionChange::Kind(any(random, ActionKind::ALL)),
        4 => ActionChange::State(any(random, ActionState::ALL)),
        _ => ActionChange::Ticket(format!("https://debrief.example/{}", word(random)).parse().ok()),
    }
}

fn figure_change(random: &mut StdRng) -> FigureChange {
    match random.random_range(0..3) {
        0 => FigureChange::Label(word(random)),
        1 => FigureChange::Value(random.random_bool(0.5).then(|| word(random))),
        _ => FigureChange::Note(word(random)),
    }
}

fn details(random: &mut StdRng) -> Command {
    match random.random_range(0..6) {
        0 => Command::SetTitle(word(random)),
        1 => Command::SetSeverity(any(random, Severity::ALL)),
        2 => Command::SetServices(vec![word(random), word(random)]),
        3 => Command::SetKeyTime(any(random, KeyTime::ALL), random.random_bool(0.7).then(|| time(random))),
        4 => Command::SetMeeting(random.random_bool(0.7).then(|| time(random))),
        _ => Command::SetRecording(format!("https://debrief.example/{}", word(random)).parse().ok()),
    }
}

fn any<T: Copy>(random: &mut StdRng, all: &[T]) -> T {
    all[random.random_range(0..all.len())]
}

fn word(random: &mut StdRng) -> String {
    format!("word-{}", random.random_range(0..1_000))
}

fn time(random: &mut StdRng) -> chrono::DateTime<chrono::Utc> {
    let minute = random.random_range(0..60);
    format!("2018-10-21T23:{minute:02}:00Z").parse().expect("a time")
}
