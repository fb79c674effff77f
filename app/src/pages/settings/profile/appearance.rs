//! How one appears to others: the name, the initials, and the colour of both.

use crate::client::sessions;
use crate::controls::focus::focus_id;
use crate::controls::form_field::{FieldKind, FormField};
use crate::controls::notices::{Notices, use_notices};
use crate::reader::Avatar;
use crate::state::Session;
use crate::state::session::use_session;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::Person;
use postmortem::api::ProfileChange;
use postmortem::person::{LONGEST_NAME, PersonColor, clean_initials, clean_name, initials};

/// The id of the field for initials.
const INITIALS: &str = "own-initials";

#[derive(Clone, Copy)]
struct Appearance {
    name: RwSignal<String>,
    color: RwSignal<PersonColor>,
    /// Empty for those of the name.
    initials: RwSignal<String>,
    error: RwSignal<Option<String>>,
    initials_error: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
    session: Session,
    notices: Notices,
}

impl Appearance {
    fn of(person: &Person) -> Self {
        Self {
            name: RwSignal::new(person.name.clone()),
            color: RwSignal::new(person.color),
            initials: RwSignal::new(person.initials.clone().unwrap_or_default()),
            error: RwSignal::new(None),
            initials_error: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            session: use_session(),
            notices: use_notices(),
        }
    }

    fn save(self) {
        let Some(person) = untrack(|| self.session.person()) else { return };
        let initials = match clean_initials(&self.initials.get_untracked()) {
            Ok(initials) => initials,
            Err(problem) => {
                self.initials_error.set(Some(problem.to_string()));
                return focus_id(INITIALS);
            }
        };
        let change = match changed(&person, &self.name.get_untracked(), self.color.get_untracked(), initials) {
            Ok(Some(change)) => change,
            Ok(None) => return self.notices.toast("Nothing to save: you look like this already.", None),
            Err(sentence) => return self.error.set(Some(sentence)),
        };
        self.is_busy.set(true);
        spawn_local(async move {
            let told = sessions::change_profile(&change).await;
            self.is_busy.try_set(false);
            match told {
                Ok(signed_in) => {
                    self.name.try_set(signed_in.person.name.clone());
                    self.session.admit(signed_in);
                    self.notices.toast("Saved. Others see it from now on.", None);
                }
                Err(error) => {
                    self.error.try_set(Some(error.to_string()));
                }
            }
        });
    }
}

/// What differs from what others see; a sentence where the name is none.
fn changed(
    person: &Person,
    name: &str,
    color: PersonColor,
    initials: Option<String>,
) -> Result<Option<ProfileChange>, String> {
    let name = clean_name(name).map_err(|error| error.to_string())?;
    let change = ProfileChange {
        name: (name != person.name).then_some(name),
        color: (color != person.color).then_some(color),
        initials: (initials != person.initials).then(|| initials.unwrap_or_default()),
        time_zone: None,
    };
    Ok((change != ProfileChange::default()).then_some(change))
}

#[component]
pub fn AppearanceForm() -> impl IntoView {
    let session = use_session();
    // Of the person, not of their name: a change of it leaves the form as it is.
    let id = Memo::new(move |_| session.person().map(|person| person.id));
    move || {
        id.get().and_then(|_| untrack(|| session.person())).map(|person| {
            let form = Appearance::of(&person);
            view! { <Fields form person /> }.into_any()
        })
    }
}

#[component]
fn Fields(form: Appearance, person: Person) -> impl IntoView {
    let session = use_session();
    let field = FieldKind {
        id: "own-name",
        label: "Name",
        autocomplete: "name",
        longest: Some(LONGEST_NAME),
        ..FieldKind::default()
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.save();
    };
    view! {
        <section aria-labelledby="appearance">
            <h2 id="appearance">"What others see"</h2>
            <form class="form" novalidate on:submit=submit>
                <FormField
                    field
                    value=form.name
                    error=form.error
                    hint="Stands beside what you write and on your caret. Where you are named in a post-mortem, the new name takes the place of the old one when you open it."
                />
                <InitialsField form />
                <Colours form person />
                <div class="end">
                    <button class="btn primary" disabled=move || form.is_busy.get()>
                        "Save"
                    </button>
                    {move || session.mail().map(|mail| view! { <span class="hint">"You sign in as " {mail}</span> }.into_any())}
                </div>
            </form>
        </section>
    }
    .into_any()
}

/// The initials, of which those of the name are the example.
#[component]
fn InitialsField(form: Appearance) -> impl IntoView {
    let field = FieldKind { id: INITIALS, label: "Initials", autocomplete: "off", ..FieldKind::default() };
    view! {
        <FormField
            field
            value=form.initials
            error=form.initials_error
            hint="One to three letters or digits on your disc. Left empty, they are those of your name."
        >
            <span class="q">
                {move || form.initials.with(|chosen| chosen.trim().is_empty()).then(|| initials(&form.name.get()))}
            </span>
        </FormField>
    }
    .into_any()
}

/// The colours, each on the initials that it would have.
#[component]
fn Colours(form: Appearance, person: Person) -> impl IntoView {
    view! {
        <fieldset class="colours">
            <legend class="label">"Colour"</legend>
            {PersonColor::ALL
                .iter()
                .map(|color| {
                    let own = person.clone();
                    let example = move || Person {
                        name: form.name.get(),
                        color: *color,
                        initials: clean_initials(&form.initials.get()).ok().flatten(),
                        ..own.clone()
                    };
                    view! {
                        <label class="opt">
                            <input
                                type="radio"
                                name="colour"
                                value=color.code()
                                prop:checked=move || form.color.get() == *color
                                on:change=move |_| form.color.set(*color)
                            />
                            <span aria-hidden="true">
                                {move || view! { <Avatar person=example() /> }.into_any()}
                            </span>
                            <span>{color.label()}</span>
                        </label>
                    }.into_any()
                })
                .collect_view()}
        </fieldset>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_sent() {
        let person =
            Person { id: "u1".parse().unwrap(), name: "Mara".to_owned(), color: PersonColor::Teal, initials: None };
        assert_eq!(changed(&person, " Mara ", PersonColor::Teal, None), Ok(None));
        let change = changed(&person, "Mara Lindqvist", PersonColor::Teal, None).unwrap().unwrap();
        assert_eq!((change.name.as_deref(), change.color), (Some("Mara Lindqvist"), None));
        let change = changed(&person, "Mara", PersonColor::Rose, None).unwrap().unwrap();
        assert_eq!((change.name, change.color), (None, Some(PersonColor::Rose)));
        assert!(changed(&person, " ", PersonColor::Teal, None).is_err());
        let chosen = changed(&person, "Mara", PersonColor::Teal, Some("MEL".to_owned())).unwrap().unwrap();
        assert_eq!(chosen, ProfileChange { initials: Some("MEL".to_owned()), ..ProfileChange::default() });
        let person = Person { initials: Some("MEL".to_owned()), ..person };
        let without = changed(&person, "Mara", PersonColor::Teal, None).unwrap().unwrap();
        assert_eq!(without.initials.as_deref(), Some(""), "those of the name again");
    }
}
