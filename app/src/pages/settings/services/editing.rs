//! The dialog that makes a service, or changes its names and its owner.

use crate::client::services;
use crate::controls::completion::{Source, Suggestion};
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use crate::controls::focus::focus_id;
use crate::controls::form_field::{FieldKind, FormField};
use crate::controls::person_field::{FinderField, meant_of};
use crate::pages::settings::about::About;
use crate::pages::settings::listing::Listing;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{Service, ServiceDraft, ServiceOwnerId};

const NAME: &str = "service-name";
const OWNER: &str = "service-owner";

/// What is being written.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    /// Between commas.
    others: RwSignal<String>,
    /// What is typed in the field for the owner, and who was chosen by it, with their name.
    typed: RwSignal<String>,
    owner: RwSignal<Option<(ServiceOwnerId, String)>>,
    name_error: RwSignal<Option<String>>,
    others_error: RwSignal<Option<String>>,
    error: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
}

impl Draft {
    fn of(service: Option<&Service>) -> Self {
        let owner = service.and_then(|service| service.owner.as_ref());
        let owner = owner.map(|owner| (owner.id(), owner.name().to_owned()));
        Self {
            name: RwSignal::new(service.map(|service| service.name.clone()).unwrap_or_default()),
            others: RwSignal::new(service.map(|service| service.other_names.join(", ")).unwrap_or_default()),
            typed: RwSignal::new(owner.as_ref().map(|(_, name)| name.clone()).unwrap_or_default()),
            owner: RwSignal::new(owner),
            name_error: RwSignal::new(None),
            others_error: RwSignal::new(None),
            error: RwSignal::new(None),
            is_busy: RwSignal::new(false),
        }
    }

    /// What is to be kept; nothing where something has to be written first, which is said.
    fn service(self) -> Option<ServiceDraft> {
        let name = self.name.get_untracked().trim().to_owned();
        if name.is_empty() {
            self.name_error.set(Some("Give the service a name.".to_owned()));
            focus_id(NAME);
            return None;
        }
        let owner = self.owner.get_untracked().map(|(id, _)| id);
        Some(ServiceDraft { name, other_names: names(&self.others.get_untracked()), owner })
    }

    /// With the owner whose whole name is typed, where nobody was chosen.
    ///
    /// # Errors
    /// In a sentence where it is nobody's name, or of more than one.
    async fn with_owner(self, service: ServiceDraft) -> Result<ServiceDraft, String> {
        let typed = self.typed.get_untracked();
        if service.owner.is_some() || typed.trim().is_empty() {
            return Ok(service);
        }
        let found = meant_of(Source::PeopleAndGroups, &typed, &[]).await?;
        let owner = found.map_err(|problem| format!("{} Or leave the field empty.", problem.sentence(&typed)))?;
        Ok(ServiceDraft { owner: owner_of(owner).map(|(id, _)| id), ..service })
    }
}

/// Who answers for it by a choice, with their name.
fn owner_of(chosen: Suggestion) -> Option<(ServiceOwnerId, String)> {
    match chosen {
        Suggestion::Person(member) => Some((ServiceOwnerId::Person(member.person.id), member.person.name)),
        Suggestion::Group(group) => Some((ServiceOwnerId::Group(group.id), group.name)),
        Suggestion::Service(_) | Suggestion::NewService(_) | Suggestion::AsTyped(_) => None,
    }
}

/// The names between commas.
fn names(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[component]
pub fn ServiceDialog(open: RwSignal<bool>, what: About<Option<Service>>, listing: Listing<Service>) -> impl IntoView {
    let title = move || match what.get().flatten() {
        Some(service) => format!("Change {}", service.name),
        None => "New service".to_owned(),
    };
    view! {
        <Dialog open title=Signal::derive(title)>
            <Form open service=untrack(|| what.get()).flatten() listing />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Form(open: RwSignal<bool>, service: Option<Service>, listing: Listing<Service>) -> impl IntoView {
    let draft = Draft::of(service.as_ref());
    let (id, verb) = match service {
        Some(service) => (Some(service.id), "Save"),
        None => (None, "Add the service"),
    };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        draft.error.set(None);
        let Some(service) = draft.service() else { return };
        draft.is_busy.set(true);
        let id = id.clone();
        spawn_local(async move {
            let service = match draft.with_owner(service).await {
                Ok(service) => service,
                Err(sentence) => {
                    draft.is_busy.try_set(false);
                    draft.error.try_set(Some(sentence));
                    return focus_id(OWNER);
                }
            };
            let answer = match &id {
                None => services::create(&service).await,
                Some(id) => services::change(id, &service).await,
            };
            match answer {
                Ok(service) => {
                    open.try_set(false);
                    listing.tell(format!("{} is kept.", service.name));
                }
                Err(problem) => {
                    draft.is_busy.try_set(false);
                    draft.error.try_set(Some(problem.to_string()));
                }
            }
        });
    };
    view! {
        <form novalidate on:submit=save>
            <Fields draft />
            <footer>
                <span class="grow"></span>
                <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                    "Cancel"
                </button>
                <button class="btn primary" disabled=move || draft.is_busy.get()>
                    {verb}
                </button>
            </footer>
        </form>
    }
    .into_any()
}

#[component]
fn Fields(draft: Draft) -> impl IntoView {
    let name = FieldKind { id: NAME, label: "Name", autocomplete: "off", autofocus: true, ..FieldKind::default() };
    let others = FieldKind { id: "service-others", label: "Also called", autocomplete: "off", ..FieldKind::default() };
    let owner_name = Signal::derive(move || draft.owner.with(|owner| owner.as_ref().map(|(_, name)| name.clone())));
    let choose = Callback::new(move |suggestion: Option<Suggestion>| {
        draft.owner.set(suggestion.and_then(owner_of));
    });
    view! {
        <div class="body">
            <FormField
                field=name
                value=draft.name
                error=draft.name_error
                hint="As it stands in post-mortems."
            />
            <FormField
                field=others
                value=draft.others
                error=draft.others_error
                hint="Other names that lead to it, separated by commas."
            />
            <div>
                <label class="label" for=OWNER>
                    "Owner"
                </label>
                <FinderField
                    id=OWNER
                    label="Owner"
                    placeholder="A person or a group; nobody if empty"
                    source=Source::PeopleAndGroups
                    typed=draft.typed
                    name=owner_name
                    choose
                    without=Signal::stored(Vec::new())
                />
            </div>
            {move || draft.error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_stand_between_commas() {
        assert_eq!(names(" Kasse , checkout,,"), ["Kasse", "checkout"]);
        assert_eq!(names(" "), Vec::<String>::new());
    }
}
