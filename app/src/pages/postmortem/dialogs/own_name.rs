//! This person's own name where it was written into a post-mortem, after they changed it: responders and owners of actions are names in the text, and would be somebody else's.

use crate::state::OpenPostmortem;
use crate::state::session::Session;
use leptos::prelude::*;
use postmortem::{ActionChange, ActionItem, Command, Person, Responder, ResponderChange};

/// Brings the names of this person up to date, once the document is here.
pub fn follow_own_name(open: OpenPostmortem, session: Session) {
    Effect::new(move |_| {
        let (true, Some(person)) = (open.saving.arrived.get(), session.person()) else { return };
        let mut former = session.former_names();
        // A name that somebody else has here is theirs.
        let others = untrack(|| open.presences.people());
        former.retain(|name| {
            let is_anothers = |other: &Person| other.id != person.id && other.name == *name;
            *name != person.name
                && !others.iter().any(is_anothers)
                && !untrack(|| open.discussion.has_writer(is_anothers))
        });
        if former.is_empty() {
            return;
        }
        let responders = open.parts.responders.get_untracked();
        let commands =
            open.parts.actions.with_untracked(|actions| renames(&former, &person.name, &responders, actions));
        if !commands.is_empty() {
            open.run_each(&commands);
        }
    });
}

/// The edits that put a name in the place of those that its person had.
fn renames(former: &[String], name: &str, responders: &[Responder], actions: &[ActionItem]) -> Vec<Command> {
    let was = |written: &str| former.iter().any(|former| former == written.trim());
    let responders = responders
        .iter()
        .filter(|responder| was(&responder.name))
        .map(|responder| Command::ChangeResponder(responder.id.clone(), ResponderChange::Name(name.to_owned())));
    let actions = actions.iter().filter(|action| was(&action.owner));
    let actions = actions.map(|action| Command::ChangeAction(action.id.clone(), ActionChange::Owner(name.to_owned())));
    responders.chain(actions).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::{ActionDraft, ClientId, Postmortem, ResponderDraft, Role, Severity, create};

    #[test]
    fn a_new_name_stands_where_the_old_one_did_and_nowhere_else() {
        let replica = create::create(ClientId(1), "x", Severity::Sev2).expect("made");
        let id = |text: &str| text.parse().expect("an id");
        let responder = |name: &str| ResponderDraft { name: name.into(), role: Role::Scribe };
        for command in [
            Command::AddResponder(id("r1"), responder("Mara ")),
            Command::AddResponder(id("r2"), responder("Mara Roth")),
            Command::AddAction(id("a1"), ActionDraft { owner: "Mara".into(), ..ActionDraft::new("Test it") }),
            Command::AddAction(id("a2"), ActionDraft { owner: "Jonah".into(), ..ActionDraft::new("Move it") }),
        ] {
            replica.run(&command).expect("run");
        }
        let read = || replica.read().postmortem;
        let postmortem = read();
        let former = ["Mara".to_owned()];
        let Postmortem { responders, actions, .. } = &postmortem;
        for command in renames(&former, "Mara Lindqvist", responders, actions) {
            replica.run(&command).expect("run");
        }
        let after = read();
        let names: Vec<String> = after.responders.into_iter().map(|responder| responder.name).collect();
        assert_eq!(names, ["Mara Lindqvist", "Mara Roth"]);
        let owners: Vec<String> = after.actions.into_iter().map(|action| action.owner).collect();
        assert_eq!(owners, ["Mara Lindqvist", "Jonah"]);
    }
}
