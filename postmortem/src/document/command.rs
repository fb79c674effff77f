//! Every edit that a person can make. A command becomes one transaction of the document, or an error in a sentence
//! and no change at all.

use crate::schema::{self, ItemKind, Roots};
use crate::text::{self, TextChange, TextId};
use crate::{
    ActionKind, ActionState, EntryKind, ItemId, KeyTime, Link, OtherReading, Precision, Priority, Role, SectionKey,
    Severity, UserId, limits,
};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use yrs::{Any, GetString, Map, MapPrelim, MapRef, Out, ReadTxn, Text, TextPrelim, TextRef, TransactionMut};

/// One edit that a person intends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    SetTitle(String),
    SetSeverity(Severity),
    SetServices(Vec<String>),
    /// One of the times that frame the incident.
    SetKeyTime(KeyTime, Option<DateTime<Utc>>),
    SetMeeting(Option<DateTime<Utc>>),
    SetRecording(Option<Link>),
    /// Adds a section that a template or an import brings; an existing one keeps its text.
    AddSection(SectionKey, String),
    EditText(TextId, Vec<TextChange>),
    AddEntry(ItemId, EntryDraft),
    ChangeEntry(ItemId, EntryChange),
    AddFigure(ItemId, FigureDraft),
    ChangeFigure(ItemId, FigureChange),
    AddResponder(ItemId, ResponderDraft),
    ChangeResponder(ItemId, ResponderChange),
    AddAction(ItemId, ActionDraft),
    ChangeAction(ItemId, ActionChange),
    /// Deletes an item; its key stays, so that what others write in it meanwhile survives.
    Delete(ItemKind, ItemId),
    /// Brings a deleted item back.
    Restore(ItemKind, ItemId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryDraft {
    /// When it happened; `None` while nobody knows.
    pub at: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    /// How exactly the time is known.
    pub precision: Precision,
    /// Where the time was read.
    pub clock: String,
    /// Other times that other sources give.
    pub readings: Vec<OtherReading>,
    pub kind: EntryKind,
    pub text: String,
    /// Where the facts came from.
    pub source: Option<Link>,
    /// A remark about time or source.
    pub note: String,
    /// The severity that begins with it.
    pub severity: Option<Severity>,
}

impl EntryDraft {
    /// An observation to the minute, without a source.
    pub fn new(at: DateTime<Utc>, text: impl Into<String>) -> Self {
        Self {
            at: Some(at),
            until: None,
            precision: Precision::Minute,
            clock: String::new(),
            readings: Vec::new(),
            kind: EntryKind::Observation,
            text: text.into(),
            source: None,
            note: String::new(),
            severity: None,
        }
    }

    /// An entry whose time is not known yet, with a remark that says why.
    pub fn undated(text: impl Into<String>, note: impl Into<String>) -> Self {
        Self { at: None, note: note.into(), ..Self::new(DateTime::UNIX_EPOCH, text) }
    }
}

/// A change to one value of a timeline entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryChange {
    /// Moves it. A key time that stood at the entry's old time moves along.
    At(DateTime<Utc>),
    /// Puts another guess in the place of its time. What else stands at the old one is no guess, and stays.
    Guessed(DateTime<Utc>),
    /// Takes its time away: it stands below the others until somebody knows.
    Undated,
    Until(Option<DateTime<Utc>>),
    /// How exactly the time is known.
    Precision(Precision),
    /// Where the time was read; empty for nowhere.
    Clock(String),
    /// What another source gives as its time, and where that was read; `None` takes the reading away.
    Reading(DateTime<Utc>, Option<String>),
    Kind(EntryKind),
    /// Where the facts came from.
    Source(Option<Link>),
    /// A remark about time or source.
    Note(String),
    /// The severity that begins with it.
    Severity(Option<Severity>),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FigureDraft {
    pub label: String,
    /// The figure; `None` while it is not known.
    pub value: Option<String>,
    /// How it was found.
    pub note: String,
    pub checked_by: Option<UserId>,
}

/// A change to one value of an impact figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FigureChange {
    Label(String),
    /// The figure; `None` for "not known yet".
    Value(Option<String>),
    /// How it was found.
    Note(String),
    /// This person checked the value that it has.
    CheckedBy(UserId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponderDraft {
    pub name: String,
    pub role: Role,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponderChange {
    Name(String),
    Role(Role),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionDraft {
    pub text: String,
    pub owner: String,
    pub due: Option<NaiveDate>,
    pub priority: Priority,
    pub kind: ActionKind,
    pub ticket: Option<Link>,
}

impl ActionDraft {
    /// An open P2 that prevents the cause, without owner or date.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            owner: String::new(),
            due: None,
            priority: Priority::P2,
            kind: ActionKind::Prevents,
            ticket: None,
        }
    }
}

/// A change to one value of an action item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionChange {
    /// Who does it; empty for nobody.
    Owner(String),
    Due(Option<NaiveDate>),
    Priority(Priority),
    Kind(ActionKind),
    State(ActionState),
    Ticket(Option<Link>),
    /// Why it was declined.
    Reason(String),
}

/// Why a command was not carried out. The document is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The item or text is not in this document.
    #[error("This {0} is no longer here.")]
    Missing(&'static str),
    /// A text would become longer than its limit.
    #[error(
        "This {noun} is too long to save. {limit} characters is the limit, it would have {length}. Shorten it or move \
         the log to a source."
    )]
    TextTooLong {
        noun: &'static str,
        /// The most UTF-16 units it may have.
        limit: u32,
        /// How many it would have.
        length: u32,
    },
    /// A short value is longer than [`limits::VALUE`].
    #[error("This value is too long: {} characters is the limit.", limits::VALUE)]
    ValueTooLong,
    /// The document holds [`limits::ITEMS`] of a kind.
    #[error("A post-mortem holds at most {} of one kind, deleted ones included.", limits::ITEMS)]
    TooMany,
    /// The changes of one edit overlap, run backwards, or pass the end of the text.
    #[error("This edit does not fit the text. Reload the page.")]
    Misfit,
    /// The year has no place on a timeline.
    #[error("A time on the timeline lies between the years 1970 and 9999.")]
    ImpossibleTime,
}

type Checked = Result<(), CommandError>;

impl Command {
    /// Checks everything first, then edits: an error leaves the transaction empty.
    pub(crate) fn perform(&self, roots: &Roots, transaction: &mut TransactionMut, tallies: &mut Tallies) -> Checked {
        let meta = &roots.meta;
        match self {
            Self::SetTitle(title) => put_text(meta, transaction, "title", title),
            Self::SetSeverity(severity) => put(meta, transaction, "severity", severity.code()),
            Self::SetServices(services) => put_text(meta, transaction, "services", &schema::services(services)),
            Self::SetKeyTime(key, at) => put_time(meta, transaction, key.code(), *at),
            Self::SetMeeting(at) => put_time(meta, transaction, "meeting_at", *at),
            Self::SetRecording(link) => put_optional(meta, transaction, "recording", link.as_ref().map(Link::as_str)),
            Self::AddSection(key, text) => {
                check_text(&TextId::Section(key.clone()), text)?;
                if !matches!(roots.sections.get(transaction, key.as_str()), Some(Out::YText(_))) {
                    roots.sections.insert(transaction, key.as_str(), TextPrelim::new(normalized(text)));
                }
                Ok(())
            }
            Self::EditText(id, changes) => edit_text(roots, transaction, id, changes),
            Self::AddEntry(id, draft) => add_entry(roots, transaction, tallies, id, draft),
            Self::ChangeEntry(id, change) => change_entry(roots, transaction, id, change),
            Self::AddFigure(id, draft) => {
                let value = draft.value.as_deref().unwrap_or_default();
                let check = draft.checked_by.as_ref().map(|person| schema::check(person, value));
                check_values(&[&draft.label, value, &draft.note, check.as_deref().unwrap_or_default()])?;
                let item = add_item(ItemKind::Figure, roots, transaction, tallies, id)?;
                item.insert(transaction, "label", draft.label.as_str());
                put_optional(&item, transaction, "value", draft.value.as_deref())?;
                put_unless_empty(&item, transaction, "note", &draft.note)?;
                put_optional(&item, transaction, schema::CHECKED, check.as_deref())
            }
            Self::ChangeFigure(id, change) => {
                let item = item(ItemKind::Figure, roots, transaction, id)?;
                match change {
                    FigureChange::Label(label) => put_text(&item, transaction, "label", label),
                    FigureChange::Value(value) => put_optional(&item, transaction, "value", value.as_deref()),
                    FigureChange::Note(note) => put_text(&item, transaction, "note", note),
                    FigureChange::CheckedBy(person) => {
                        let value = schema::string(&item, transaction, "value").unwrap_or_default();
                        put_text(&item, transaction, schema::CHECKED, &schema::check(person, &value))
                    }
                }
            }
            Self::AddResponder(id, draft) => {
                check_values(&[&draft.name])?;
                let item = add_item(ItemKind::Responder, roots, transaction, tallies, id)?;
                item.insert(transaction, "name", draft.name.as_str());
                put(&item, transaction, "role", draft.role.code())
            }
            Self::ChangeResponder(id, change) => {
                let item = item(ItemKind::Responder, roots, transaction, id)?;
                match change {
                    ResponderChange::Name(name) => put_text(&item, transaction, "name", name),
                    ResponderChange::Role(role) => put(&item, transaction, "role", role.code()),
                }
            }
            Self::AddAction(id, draft) => add_action(roots, transaction, tallies, id, draft),
            Self::ChangeAction(id, change) => {
                let item = item(ItemKind::Action, roots, transaction, id)?;
                match change {
                    ActionChange::Owner(owner) => put_text(&item, transaction, "owner", owner),
                    ActionChange::Due(due) => {
                        put_optional(&item, transaction, "due", due.map(|day| day.to_string()).as_deref())
                    }
                    ActionChange::Priority(priority) => put(&item, transaction, "priority", priority.code()),
                    ActionChange::Kind(kind) => put(&item, transaction, "kind", kind.code()),
                    ActionChange::State(state) => put(&item, transaction, "state", state.code()),
                    ActionChange::Ticket(link) => {
                        put_optional(&item, transaction, "ticket", link.as_ref().map(Link::as_str))
                    }
                    ActionChange::Reason(reason) => put_text(&item, transaction, "reason", reason),
                }
            }
            Self::Delete(kind, id) => {
                let item = item(*kind, roots, transaction, id)?;
                item.try_update(transaction, "deleted", true);
                Ok(())
            }
            Self::Restore(kind, id) => {
                let item = item(*kind, roots, transaction, id)?;
                if schema::is_deleted(&item, transaction) {
                    item.insert(transaction, "deleted", false);
                }
                Ok(())
            }
        }
    }
}

fn add_entry(
    roots: &Roots,
    transaction: &mut TransactionMut,
    tallies: &mut Tallies,
    id: &ItemId,
    draft: &EntryDraft,
) -> Checked {
    check_text(&TextId::Entry(id.clone()), &draft.text)?;
    check_values(&[&draft.note, &draft.clock])?;
    for at in draft.at.iter().chain(&draft.until) {
        check_time(*at)?;
    }
    for reading in &draft.readings {
        check_time(reading.at)?;
        check_values(&[&reading.clock])?;
    }
    let item = add_item(ItemKind::Entry, roots, transaction, tallies, id)?;
    put_time(&item, transaction, "at", draft.at)?;
    put_time(&item, transaction, "until", draft.until)?;
    put(&item, transaction, "precision", draft.precision.code())?;
    put(&item, transaction, "kind", draft.kind.code())?;
    put_optional(&item, transaction, "source", draft.source.as_ref().map(Link::as_str))?;
    put_unless_empty(&item, transaction, "note", &draft.note)?;
    put_unless_empty(&item, transaction, "clock", &draft.clock)?;
    for reading in &draft.readings {
        put(&item, transaction, &schema::reading_key(reading.at), &reading.clock)?;
    }
    put_optional(&item, transaction, "severity", draft.severity.map(Severity::code))?;
    item.insert(transaction, "text", TextPrelim::new(normalized(&draft.text)));
    Ok(())
}

fn change_entry(roots: &Roots, transaction: &mut TransactionMut, id: &ItemId, change: &EntryChange) -> Checked {
    let item = item(ItemKind::Entry, roots, transaction, id)?;
    match change {
        EntryChange::At(at) => {
            check_time(*at)?;
            let old = schema::string(&item, transaction, "at");
            put(&item, transaction, "at", &schema::time(*at))?;
            for key in KeyTime::ALL {
                if old.is_some() && schema::string(&roots.meta, transaction, key.code()) == old {
                    put(&roots.meta, transaction, key.code(), &schema::time(*at))?;
                }
            }
            Ok(())
        }
        EntryChange::Guessed(at) => put_time(&item, transaction, "at", Some(*at)),
        EntryChange::Undated => put_optional(&item, transaction, "at", None),
        EntryChange::Until(until) => put_time(&item, transaction, "until", *until),
        EntryChange::Precision(precision) => put(&item, transaction, "precision", precision.code()),
        EntryChange::Clock(clock) => put_text(&item, transaction, "clock", clock),
        EntryChange::Reading(at, clock) => {
            check_time(*at)?;
            let key = schema::reading_key(*at);
            match clock {
                Some(clock) => {
                    check_values(&[clock])?;
                    put(&item, transaction, &key, clock)
                }
                None => put_optional(&item, transaction, &key, None),
            }
        }
        EntryChange::Kind(kind) => put(&item, transaction, "kind", kind.code()),
        EntryChange::Source(link) => put_optional(&item, transaction, "source", link.as_ref().map(Link::as_str)),
        EntryChange::Note(note) => put_text(&item, transaction, "note", note),
        EntryChange::Severity(severity) => put_optional(&item, transaction, "severity", severity.map(Severity::code)),
    }
}

fn add_action(
    roots: &Roots,
    transaction: &mut TransactionMut,
    tallies: &mut Tallies,
    id: &ItemId,
    draft: &ActionDraft,
) -> Checked {
    check_text(&TextId::Action(id.clone()), &draft.text)?;
    check_values(&[&draft.owner])?;
    let item = add_item(ItemKind::Action, roots, transaction, tallies, id)?;
    put_unless_empty(&item, transaction, "owner", &draft.owner)?;
    put_optional(&item, transaction, "due", draft.due.map(|day| day.to_string()).as_deref())?;
    put(&item, transaction, "priority", draft.priority.code())?;
    put(&item, transaction, "kind", draft.kind.code())?;
    put(&item, transaction, "state", ActionState::Open.code())?;
    put_optional(&item, transaction, "ticket", draft.ticket.as_ref().map(Link::as_str))?;
    item.insert(transaction, "text", TextPrelim::new(normalized(&draft.text)));
    Ok(())
}

/// The shared text of an id, where the document has it.
pub(crate) fn shared_text<T: ReadTxn>(roots: &Roots, transaction: &T, id: &TextId) -> Option<TextRef> {
    let value = match id {
        TextId::Section(key) => roots.sections.get(transaction, key.as_str()),
        TextId::Entry(item) => ItemKind::Entry.find(roots, transaction, item)?.get(transaction, "text"),
        TextId::Action(item) => ItemKind::Action.find(roots, transaction, item)?.get(transaction, "text"),
    };
    match value {
        Some(Out::YText(text)) => Some(text),
        _ => None,
    }
}

fn edit_text(roots: &Roots, transaction: &mut TransactionMut, id: &TextId, changes: &[TextChange]) -> Checked {
    let text = shared_text(roots, transaction, id).ok_or(CommandError::Missing(id.noun()))?;
    let current = text.get_string(transaction);
    let old_length = text.len(transaction);
    let mut end = 0;
    let mut length = i64::from(old_length);
    for change in changes {
        if change.from < end || change.to < change.from || change.to > old_length {
            return Err(CommandError::Misfit);
        }
        end = change.to;
        length += i64::from(text::utf16_length(&change.insert)) - i64::from(change.to - change.from);
    }
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    if length > id.limit() && length > old_length {
        return Err(CommandError::TextTooLong { noun: id.noun(), limit: id.limit(), length });
    }
    replace(&text, transaction, &current, changes);
    Ok(())
}

/// Makes changes that fit a text whose present content is given.
pub(crate) fn replace(text: &TextRef, transaction: &mut TransactionMut, current: &str, changes: &[TextChange]) {
    // From the end, so that the offsets of the changes before stay true.
    for change in changes.iter().rev() {
        let from = text::whole_character(current, change.from);
        let to = text::whole_character(current, change.to).max(from);
        if to > from {
            text.remove_range(transaction, from, to - from);
        }
        let insert = normalized(&change.insert);
        if !insert.is_empty() {
            text.insert(transaction, from, &insert);
        }
    }
}

/// Line ends as the editor counts them, and without the character that no database and no XML takes.
fn normalized(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "")
}

fn add_item(
    kind: ItemKind,
    roots: &Roots,
    transaction: &mut TransactionMut,
    tallies: &mut Tallies,
    id: &ItemId,
) -> Result<MapRef, CommandError> {
    let root = kind.root(roots);
    let tally = tallies.0.entry(kind).or_insert_with(|| Tally::of(root, transaction));
    if tally.count >= limits::ITEMS {
        return Err(CommandError::TooMany);
    }
    tally.count += usize::from(!root.contains_key(transaction, id.as_str()));
    let item = root.insert(transaction, id.as_str(), MapPrelim::default());
    // Entries are ordered by their own time, never by position.
    if kind != ItemKind::Entry {
        tally.last_order += 1.0;
        item.insert(transaction, "order", tally.last_order);
    }
    Ok(item)
}

/// What adding an item has to know of those that are there. Counting looks at all of them, so that it is done once and
/// remembered; whatever but a command may have added items has to forget it.
#[derive(Debug, Default)]
pub(crate) struct Tallies(BTreeMap<ItemKind, Tally>);

impl Tallies {
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

#[derive(Debug)]
struct Tally {
    /// Items, deleted ones included.
    count: usize,
    /// The greatest order among them; 0 where there is none.
    last_order: f64,
}

impl Tally {
    fn of(root: &MapRef, transaction: &TransactionMut) -> Self {
        let last_order = root.values(transaction).fold(0.0_f64, |last, value| match value.first() {
            Some(Out::YMap(item)) => schema::number(item, transaction, "order").unwrap_or(0.0).max(last),
            _ => last,
        });
        Self { count: root.len(transaction) as usize, last_order }
    }
}

fn item(kind: ItemKind, roots: &Roots, transaction: &TransactionMut, id: &ItemId) -> Result<MapRef, CommandError> {
    kind.find(roots, transaction, id).ok_or(CommandError::Missing(kind.noun()))
}

fn put(map: &MapRef, transaction: &mut TransactionMut, key: &str, value: &str) -> Checked {
    map.try_update(transaction, key, value);
    Ok(())
}

fn put_text(map: &MapRef, transaction: &mut TransactionMut, key: &str, value: &str) -> Checked {
    check_values(&[value])?;
    // A value that was never written and one that is empty read the same.
    if schema::string(map, transaction, key).unwrap_or_default() == value {
        return Ok(());
    }
    put(map, transaction, key, value)
}

fn put_unless_empty(map: &MapRef, transaction: &mut TransactionMut, key: &str, value: &str) -> Checked {
    if value.is_empty() { Ok(()) } else { put_text(map, transaction, key, value) }
}

/// Absence is written as null rather than by removing the key: a removal would lose against nothing and win against
/// nothing, while a null takes part in last-writer-wins.
fn put_optional(map: &MapRef, transaction: &mut TransactionMut, key: &str, value: Option<&str>) -> Checked {
    match value {
        Some(value) => put_text(map, transaction, key, value),
        None if matches!(map.get(transaction, key), None | Some(Out::Any(Any::Null))) => Ok(()),
        None => {
            map.insert(transaction, key, Any::Null);
            Ok(())
        }
    }
}

fn put_time(map: &MapRef, transaction: &mut TransactionMut, key: &str, at: Option<DateTime<Utc>>) -> Checked {
    at.map_or(Ok(()), check_time)?;
    put_optional(map, transaction, key, at.map(schema::time).as_deref())
}

fn check_time(at: DateTime<Utc>) -> Checked {
    if schema::is_possible(at) { Ok(()) } else { Err(CommandError::ImpossibleTime) }
}

fn check_values(values: &[&str]) -> Checked {
    if values.iter().all(|value| value.len() <= limits::VALUE) { Ok(()) } else { Err(CommandError::ValueTooLong) }
}

fn check_text(id: &TextId, text: &str) -> Checked {
    let (length, limit) = (text::utf16_length(text), id.limit());
    if length > limit { Err(CommandError::TextTooLong { noun: id.noun(), limit, length }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientId, Replica, create};

    fn figure(number: u64) -> Command {
        let draft = FigureDraft { label: format!("figure {number}"), ..FigureDraft::default() };
        Command::AddFigure(ItemId::new(number, [0; 10]), draft)
    }

    #[test]
    fn the_items_that_are_there_are_counted_once_for_all_that_are_added() {
        type Adding = (ItemKind, fn(u64) -> Command);
        let kinds: [Adding; 4] = [
            (ItemKind::Figure, figure),
            (ItemKind::Entry, |number| {
                Command::AddEntry(ItemId::new(number, [0; 10]), EntryDraft::new(DateTime::UNIX_EPOCH, "x"))
            }),
            (ItemKind::Responder, |number| {
                let draft = ResponderDraft { name: "Mara".into(), role: Role::Scribe };
                Command::AddResponder(ItemId::new(number, [0; 10]), draft)
            }),
            (ItemKind::Action, |number| Command::AddAction(ItemId::new(number, [0; 10]), ActionDraft::new("do"))),
        ];
        for (kind, command) in kinds {
            let replica = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
            let known = |replica: &Replica| replica.tallies().0.get(&kind).map(|tally| tally.count);
            for number in 0..3 {
                replica.run(&command(number)).expect("added");
            }
            let counted = known(&replica).expect("it was counted");
            // A count that was taken anew would not say this.
            replica.tallies().0.get_mut(&kind).expect("it was counted").count = limits::ITEMS - 1;
            replica.run(&command(3)).expect("added");
            assert_eq!(replica.run(&command(4)), Err(CommandError::TooMany));
            replica.apply(&replica.diff(&[0]).expect("encoded")).expect("applied");
            assert_eq!(known(&replica), None, "what comes from elsewhere is counted");
            replica.run(&command(4)).expect("added");
            assert_eq!(known(&replica), Some(counted + 2));
        }
    }

    #[test]
    fn an_entry_that_is_moved_takes_its_key_times_along_and_a_guess_that_is_corrected_takes_none() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let (noon, before, later) =
            (at("2026-11-29T12:00:00Z"), at("2026-11-28T12:00:00Z"), at("2026-11-29T12:05:00Z"));
        let replica = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
        let id = ItemId::new(1, [0; 10]);
        let change = |change| replica.run(&Command::ChangeEntry(id.clone(), change)).expect("run");
        let times = || {
            let postmortem = replica.read().postmortem;
            (postmortem.timeline[0].at, postmortem.details.started_at)
        };
        replica.run(&Command::SetKeyTime(KeyTime::Started, Some(noon))).expect("run");
        replica.run(&Command::AddEntry(id.clone(), EntryDraft::new(noon, "x"))).expect("run");
        change(EntryChange::Guessed(before));
        assert_eq!(times(), (Some(before), Some(noon)));
        change(EntryChange::Guessed(noon));
        change(EntryChange::At(later));
        assert_eq!(times(), (Some(later), Some(later)));
    }

    #[test]
    fn what_others_add_is_counted_and_comes_before_what_is_added_next() {
        let (mara, jonah) =
            (create::create(ClientId(1), "x", Severity::Sev2).expect("made"), Replica::new(ClientId(2)));
        mara.run(&figure(1)).expect("added");
        jonah.apply(&mara.diff(&[0]).expect("encoded")).expect("applied");
        for number in 2..9 {
            jonah.run(&figure(number)).expect("added");
        }
        mara.apply(&jonah.diff(&mara.state_vector()).expect("encoded")).expect("applied");
        // Its id comes first, so that its order alone puts it last.
        mara.run(&figure(0)).expect("added");
        let labels: Vec<String> = mara.figures().into_iter().map(|figure| figure.label).collect();
        assert_eq!(labels.last().map(String::as_str), Some("figure 0"), "{labels:?}");
    }

    #[test]
    fn there_is_an_end_to_the_items_of_a_kind_whoever_added_them() {
        let mara = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
        let all = u64::try_from(limits::ITEMS).expect("fits");
        let batch: Vec<Command> = (0..all).map(figure).collect();
        assert_eq!(mara.run_each(&batch).1, []);
        assert_eq!(mara.run(&figure(all)), Err(CommandError::TooMany));
        let jonah = Replica::replay(ClientId(2), [mara.diff(&[0]).expect("encoded")]).expect("readable");
        assert_eq!(jonah.run_each(&[figure(all)]).1, [(0, CommandError::TooMany)]);
        assert_eq!(jonah.figures().len(), limits::ITEMS);
    }
}
