//! Bringing an earlier version back: the difference between a document and a version of it, as ordinary edits of the
//! document. Nothing is written over: texts change where they differ, so that carets and what others write meanwhile stay,
//! and what the version did not have yet is marked deleted. Keys of later releases are brought back like all others.

use crate::replica::{Changes, Replica};
use crate::schema::{self, Roots};
use crate::{command, text};
use std::collections::BTreeSet;
use yrs::{Any, GetString, Map, MapPrelim, MapRef, Out, ReadTxn, TextPrelim, TextRef, TransactionMut};

impl Replica {
    /// Edits this replica so that it reads as a version of the same document does. In one transaction, by this
    /// replica's person; the update is in the changes, and there is none where nothing differs.
    pub fn restore(&self, version: &Replica) -> Changes {
        self.edit(|roots, transaction| version.view(|then, seen| align(roots, transaction, then, seen)))
    }
}

fn align<T: ReadTxn>(now: &Roots, transaction: &mut TransactionMut, then: &Roots, seen: &T) {
    for (map, then) in now.all().into_iter().zip(then.all()) {
        // What stood in the head once is not of the document any more.
        let is_left: fn(&str) -> bool = if map == &now.meta { schema::is_of_head_row } else { |_| false };
        align_map(map, transaction, then, seen, is_left);
    }
}

fn align_map<T: ReadTxn>(
    now: &MapRef,
    transaction: &mut TransactionMut,
    then: &MapRef,
    seen: &T,
    is_left: fn(&str) -> bool,
) {
    let keys: BTreeSet<String> = now.keys(transaction).chain(then.keys(seen)).map(str::to_owned).collect();
    for key in keys.iter().map(String::as_str).filter(|key| !is_left(key)) {
        match (now.get(transaction, key), then.get(seen, key)) {
            (Some(Out::YMap(now)), Some(Out::YMap(then))) => align_map(&now, transaction, &then, seen, |_| false),
            (Some(Out::YText(now)), Some(Out::YText(then))) => align_text(&now, transaction, &then.get_string(seen)),
            // A section or an item of a later day.
            (Some(Out::YText(now)), None) => align_text(&now, transaction, ""),
            (Some(Out::YMap(now)), None) if !schema::is_deleted(&now, transaction) => {
                now.insert(transaction, "deleted", true);
            }
            (now_value, Some(Out::Any(value))) if now_value != Some(Out::Any(value.clone())) => {
                now.insert(transaction, key, value);
            }
            // Null and an absent key mean the same.
            (Some(Out::Any(value)), None) if value != Any::Null => {
                now.insert(transaction, key, Any::Null);
            }
            // Commands never take a key away or change its type; another program may have.
            (_, Some(Out::YText(then))) => {
                now.insert(transaction, key, TextPrelim::new(then.get_string(seen)));
            }
            (_, Some(Out::YMap(then))) => {
                let item = now.insert(transaction, key, MapPrelim::default());
                align_map(&item, transaction, &then, seen, |_| false);
            }
            // What is equal is left alone, and so is what no release of ours writes.
            _ => {}
        }
    }
}

fn align_text(now: &TextRef, transaction: &mut TransactionMut, then: &str) {
    let current = now.get_string(transaction);
    command::replace(now, transaction, &current, &text::difference(&current, then));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ActionDraft, ClientId, Command, EntryChange, EntryDraft, FigureChange, FigureDraft, ItemId, ItemKind, KeyTime,
        Severity, TextChange, TextId, create,
    };

    fn id(number: u64) -> ItemId {
        ItemId::new(number, [0; 10])
    }

    fn draft(text: &str) -> EntryDraft {
        EntryDraft::new("2018-10-21T22:52:00Z".parse().expect("a time"), text)
    }

    fn overview() -> TextId {
        "sections/overview".parse().expect("a text")
    }

    fn written(text: &str) -> Command {
        Command::EditText(overview(), vec![TextChange { from: 0, to: 0, insert: text.into() }])
    }

    fn run(replica: &Replica, commands: impl IntoIterator<Item = Command>) {
        for command in commands {
            replica.run(&command).expect("carried out");
        }
    }

    fn copy(replica: &Replica, client: ClientId) -> Replica {
        Replica::replay(client, [replica.diff(&[0]).expect("encoded")]).expect("readable")
    }

    fn first_version() -> Replica {
        let replica = create::create(ClientId(1), "Disk full", Severity::Sev2).expect("made");
        let figure = FigureDraft { label: "Orders lost".into(), ..FigureDraft::default() };
        run(
            &replica,
            [
                Command::AddEntry(id(1), draft("the disk filled up")),
                Command::AddEntry(id(2), draft("somebody deleted the logs")),
                Command::AddFigure(id(3), figure),
                Command::AddAction(id(4), ActionDraft::new("Rotate the logs")),
                written("A disk filled up at night. 😀"),
            ],
        );
        replica
    }

    fn rewritten(replica: &Replica) {
        let later = "2018-10-22T10:00:00Z".parse().expect("a time");
        run(
            replica,
            [
                Command::SetTitle("Another title".into()),
                Command::SetServices(vec!["search".into()]),
                Command::SetKeyTime(KeyTime::Resolved, Some(later)),
                Command::Delete(ItemKind::Entry, id(1)),
                Command::ChangeEntry(id(2), EntryChange::At(later)),
                Command::ChangeEntry(id(2), EntryChange::Note("a note".into())),
                Command::AddEntry(id(5), draft("later")),
                Command::ChangeFigure(id(3), FigureChange::Value(Some("12".into()))),
                Command::AddSection("lessons".parse().expect("a section"), "New.".into()),
                Command::EditText(overview(), vec![TextChange { from: 2, to: 6, insert: "volume".into() }]),
            ],
        );
    }

    #[test]
    fn a_version_comes_back_whole_and_so_does_what_was_before_it() {
        let version = first_version();
        let now = copy(&version, ClientId(2));
        rewritten(&now);
        let before = copy(&now, ClientId(3));
        assert!(now.restore(&version).update.is_some());
        let (mut value, old) = (now.read().postmortem, version.read().postmortem);
        let lessons = value.sections.remove(&"lessons".parse().expect("a section"));
        assert_eq!(lessons.as_deref(), Some(""), "a section of a later day is emptied");
        assert_eq!(value, old);
        assert_eq!(now.restore(&version).update, None, "and nothing is left to be done");
        now.restore(&before);
        assert_eq!(now.read(), before.read());
    }

    #[test]
    fn what_others_write_meanwhile_stays() {
        let version = first_version();
        let server = copy(&version, ClientId(2));
        rewritten(&server);
        let page = copy(&server, ClientId(3));
        let caret = page.sticky(&overview(), 28).expect("a caret behind the full stop");
        let typed = page.run(&Command::EditText(
            overview(),
            vec![TextChange { from: 28, to: 28, insert: " Nobody noticed.".into() }],
        ));
        let noted = page.run(&Command::ChangeEntry(id(5), EntryChange::Note("kept".into())));
        let back = server.restore(&version).update.expect("edits");
        page.apply(&back).expect("applied");
        for update in [typed, noted] {
            server.apply(&update.expect("carried out").update.expect("an update")).expect("applied");
        }
        assert_eq!(page.read(), server.read());
        assert_eq!(
            server.section(&"overview".parse().expect("a section")),
            "A disk filled up at night. Nobody noticed. 😀"
        );
        assert_eq!(page.resolve(&overview(), &caret), Some(26), "the caret stands where it stood");
        run(&server, [Command::Restore(ItemKind::Entry, id(5))]);
        assert_eq!(server.entry(&id(5)).expect("kept").note, "kept");
    }

    #[test]
    fn what_another_program_took_away_is_made_again() {
        let version = first_version();
        let now = copy(&version, ClientId(2));
        now.edit(|roots, transaction| {
            roots.timeline.remove(transaction, id(1).as_str());
            roots.meta.remove(transaction, "title");
        });
        now.restore(&version);
        let (now, version) = (now.read().postmortem, version.read().postmortem);
        assert_eq!(now.details, version.details);
        assert_eq!(now.timeline[0].text, version.timeline[0].text);
    }
}
