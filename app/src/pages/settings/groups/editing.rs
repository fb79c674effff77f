//! The dialog that makes a group, or changes its name and people.

use crate::client::groups;
use crate::controls::completion::{Source, Suggestion};
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use crate::controls::focus::{focus_id, focus_id_later};
use crate::controls::form_field::{FieldKind, FormField};
use crate::controls::person_field::{FinderField, meant};
use crate::pages::settings::about::About;
use crate::pages::settings::listing::Listing;
use crate::reader::Avatar;
use crate::reader::icon::{Icon, IconName};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{GroupChange, NewGroup, TeamGroup};
use postmortem::person::LONGEST_NAME;
use postmortem::{Person, UserId};

const NAME: &str = "group-name";

/// The id of the field that finds people.
const FINDER: &str = "group-person";

/// What is being written.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    /// Nobody before it is known who is in a group that is changed.
    people: RwSignal<Option<Vec<Person>>>,
    /// Who was in it then.
    was: StoredValue<Vec<UserId>>,
    /// What stands in the field that finds people.
    typed: RwSignal<String>,
    name_error: RwSignal<Option<String>>,
    error: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
}

impl Draft {
    /// Of a group with everybody in it, or of a new one.
    fn of(group: Option<&TeamGroup>) -> Self {
        let draft = Self {
            name: RwSignal::new(group.map(|group| group.name.clone()).unwrap_or_default()),
            people: RwSignal::new(group.is_none().then(Vec::new)),
            was: StoredValue::new(Vec::new()),
            typed: RwSignal::new(String::new()),
            name_error: RwSignal::new(None),
            error: RwSignal::new(None),
            is_busy: RwSignal::new(false),
        };
        if let Some(id) = group.map(|group| group.id.clone()) {
            spawn_local(async move {
                match groups::show(&id).await {
                    Ok(group) => draft.show(group.people),
                    Err(problem) => drop(draft.error.try_set(Some(problem.to_string()))),
                }
            });
        }
        draft
    }

    fn show(self, people: Vec<Person>) {
        self.was.try_set_value(people.iter().map(|person| person.id.clone()).collect());
        self.people.try_set(Some(people));
    }

    fn ids(self) -> Vec<UserId> {
        self.people.with(|people| people.iter().flatten().map(|person| person.id.clone()).collect())
    }

    /// Whoever is chosen is in the group at once, and the field is free for the next.
    fn add(self, suggestion: Option<Suggestion>) {
        if let Some(Suggestion::Person(member)) = suggestion {
            self.error.set(None);
            self.people.update(|people| people.get_or_insert_default().push(member.person));
            self.typed.set(String::new());
        }
    }

    /// Whoever is named in the field and was not chosen from its list is added too; a sentence where nobody is called so.
    async fn add_typed(self) -> Result<(), String> {
        let typed = self.typed.get_untracked();
        if typed.trim().is_empty() {
            return Ok(());
        }
        match meant(&typed, &untrack(|| self.ids())).await? {
            Ok(member) => self.add(Some(Suggestion::Person(member))),
            Err(problem) => return Err(problem.sentence(&typed)),
        }
        Ok(())
    }

    fn remove(self, id: &UserId) {
        self.people.update(|people| people.iter_mut().for_each(|people| people.retain(|person| person.id != *id)));
    }
}

/// What becomes of a group: its name where that is another one, and who comes and goes.
fn change(before: &TeamGroup, was: &[UserId], name: &str, people: &[UserId]) -> GroupChange {
    GroupChange {
        name: (name != before.name).then(|| name.to_owned()),
        add: people.iter().filter(|id| !was.contains(id)).cloned().collect(),
        remove: was.iter().filter(|id| !people.contains(id)).cloned().collect(),
    }
}

#[component]
pub fn GroupDialog(open: RwSignal<bool>, what: About<Option<TeamGroup>>, listing: Listing<TeamGroup>) -> impl IntoView {
    let title = move || match what.get().flatten() {
        Some(group) => format!("Change {}", group.name),
        None => "New group".to_owned(),
    };
    view! {
        <Dialog open title=Signal::derive(title)>
            <Form open group=untrack(|| what.get()).flatten() listing />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Form(open: RwSignal<bool>, group: Option<TeamGroup>, listing: Listing<TeamGroup>) -> impl IntoView {
    let draft = Draft::of(group.as_ref());
    let verb = if group.is_some() { "Save" } else { "Make the group" };
    let group = StoredValue::new(group);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let name = draft.name.get_untracked().split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            draft.name_error.set(Some("Give the group a name.".to_owned()));
            return focus_id(NAME);
        }
        draft.is_busy.set(true);
        draft.error.set(None);
        spawn_local(async move {
            if let Err(sentence) = draft.add_typed().await {
                draft.is_busy.try_set(false);
                draft.error.try_set(Some(sentence));
                return focus_id(FINDER);
            }
            let Some(people) = untrack(|| draft.people.try_get()).flatten() else { return };
            let people: Vec<UserId> = people.into_iter().map(|person| person.id).collect();
            let answer = match group.get_value() {
                None => groups::create(&NewGroup { name, people }).await,
                Some(before) => {
                    let was = draft.was.try_get_value().unwrap_or_default();
                    groups::change(&before.id, &change(&before, &was, &name, &people)).await
                }
            };
            match answer {
                Ok(group) => {
                    open.try_set(false);
                    listing.tell(format!("{} is kept.", group.name));
                }
                Err(problem) => {
                    draft.is_busy.try_set(false);
                    draft.error.try_set(Some(problem.to_string()));
                }
            }
        });
    };
    let is_locked = move || draft.is_busy.get() || draft.people.with(Option::is_none);
    view! {
        <form novalidate on:submit=save>
            <Fields draft />
            <footer>
                <span class="grow"></span>
                <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button class="btn primary" disabled=is_locked>
                    {verb}
                </button>
            </footer>
        </form>
    }
    .into_any()
}

#[component]
fn Fields(draft: Draft) -> impl IntoView {
    let field = FieldKind {
        id: NAME,
        label: "Name",
        autocomplete: "off",
        longest: Some(LONGEST_NAME),
        autofocus: true,
        ..FieldKind::default()
    };
    let without = Signal::derive(move || draft.ids().iter().map(ToString::to_string).collect());
    view! {
        <div class="body">
            <FormField field value=draft.name error=draft.name_error />
            <div>
                <h3 class="label">"People"</h3>
                <FinderField
                    id=FINDER
                    label="Person to add"
                    placeholder="Add by name"
                    source=Source::People
                    typed=draft.typed
                    name=Signal::stored(None)
                    choose=Callback::new(move |suggestion| draft.add(suggestion))
                    without
                />
                <ul class="named short" aria-label="People of the group">
                    {move || {
                        let people = draft.people.get().unwrap_or_default();
                        people.into_iter().map(|person| view! { <Line draft person /> }.into_any()).collect_view()
                    }}
                </ul>
                <Show when=move || draft.people.with(|people| people.as_ref().is_some_and(Vec::is_empty))>
                    <p class="hint">"Nobody is in it yet. Who is suspended does not count."</p>
                </Show>
            </div>
            {move || draft.error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
        </div>
    }
    .into_any()
}

#[component]
fn Line(draft: Draft, person: Person) -> impl IntoView {
    let (name, id) = (person.name.clone(), person.id.clone());
    view! {
        <li>
            <span aria-hidden="true">
                <Avatar person />
            </span>
            <b>{name.clone()}</b>
            <button
                type="button"
                class="btn bare icon small"
                aria-label=format!("Take {name} out")
                on:click=move |_| {
                    draft.remove(&id);
                    // Its button goes away with the line.
                    focus_id_later(FINDER.to_owned());
                }
            >
                <Icon name=IconName::Close small=true />
            </button>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_comes_and_goes_is_sent() {
        let id = |text: &str| text.parse::<UserId>().unwrap();
        let before = TeamGroup { id: "g1".parse().unwrap(), name: "Storage".to_owned(), size: 2, people: Vec::new() };
        let was = [id("mara"), id("jonah")];
        assert_eq!(change(&before, &was, "Storage", &was), GroupChange::default());
        let changed = change(&before, &was, "Disks", &[id("jonah"), id("hana")]);
        assert_eq!(changed.name.as_deref(), Some("Disks"));
        assert_eq!((changed.add, changed.remove), (vec![id("hana")], vec![id("mara")]));
    }
}
