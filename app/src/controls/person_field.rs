//! A field that finds somebody of the team: a few letters, and a list to choose from with arrows and Enter, or by a press.

use crate::client::people;
use crate::reader::Avatar;
use gloo_timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::UserId;
use postmortem::api::TeamMember;

/// How long somebody rests before the server is asked.
const REST_MILLISECONDS: u32 = 150;

/// How many are listed; who is not among them is found by more letters.
const LISTED: usize = 6;

/// How many are asked for: some of them may be left out.
const ASKED: u32 = 24;

/// How many are asked for who may be called as it is typed.
const MOST: u32 = 500;

/// What is typed, what was found for it, and which of that is marked.
#[derive(Clone, Copy)]
struct Finding {
    typed: RwSignal<String>,
    found: RwSignal<Option<Result<Vec<TeamMember>, String>>>,
    marked: RwSignal<usize>,
    chosen: RwSignal<Option<TeamMember>>,
    without: Signal<Vec<UserId>>,
    resting: StoredValue<Option<Timeout>, LocalStorage>,
}

impl Finding {
    fn type_in(self, text: String) {
        self.typed.set(text);
        self.chosen.set(None);
        let look = Timeout::new(REST_MILLISECONDS, move || self.look());
        self.resting.set_value(Some(look));
    }

    fn look(self) {
        let Some(text) = self.typed.try_get_untracked() else { return };
        spawn_local(async move {
            let answer = people::list(text.trim(), ASKED).await.map_err(|problem| problem.to_string());
            // Somebody may have typed on, or chosen.
            let is_wanted = self.typed.try_get_untracked().is_some_and(|typed| typed == text);
            if is_wanted && self.chosen.with_untracked(Option::is_none) {
                let without = self.without.get_untracked();
                self.found.set(Some(answer.map(|found| offered(found.people, &without))));
                self.marked.set(0);
            }
        });
    }

    fn listed(self) -> Vec<TeamMember> {
        self.found.with(|found| found.as_ref().and_then(|found| found.as_ref().ok()).cloned().unwrap_or_default())
    }

    fn choose(self, member: TeamMember) {
        self.typed.set(member.person.name.clone());
        self.chosen.set(Some(member));
        self.close();
    }

    fn close(self) {
        self.resting.set_value(None);
        self.found.set(None);
    }

    /// Whether the key was for the list.
    fn key(self, key: &str) -> bool {
        let listed = untrack(|| self.listed());
        let marked = self.marked.get_untracked();
        match key {
            "ArrowDown" if self.found.with_untracked(Option::is_none) => self.look(),
            "ArrowDown" | "ArrowUp" if !listed.is_empty() => {
                let step = if key == "ArrowDown" { 1 } else { listed.len() - 1 };
                self.marked.set((marked + step) % listed.len());
            }
            "Enter" if marked < listed.len() => self.choose(listed[marked].clone()),
            "Escape" if self.found.with_untracked(Option::is_some) => self.close(),
            _ => return false,
        }
        true
    }
}

/// Why it is not known who is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotMeant {
    /// Nothing is typed.
    Nothing,
    Nobody,
    /// So many are called so.
    Several(usize),
}

/// Who is meant by a whole name or mail address, without a choice from the list; a sentence where the team cannot be asked.
pub async fn meant(typed: &str, without: &[UserId]) -> Result<Result<TeamMember, NotMeant>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Err(NotMeant::Nothing));
    }
    let answer = people::list(typed, MOST).await.map_err(|problem| problem.to_string())?;
    Ok(exactly(answer.people, typed, without))
}

/// The one who is called so, or has this mail address.
fn exactly(found: Vec<TeamMember>, typed: &str, without: &[UserId]) -> Result<TeamMember, NotMeant> {
    let wanted = typed.to_lowercase();
    let is_meant = |member: &TeamMember| {
        let mail = member.mail.as_ref().is_some_and(|mail| mail.to_lowercase() == wanted);
        mail || member.person.name.to_lowercase() == wanted
    };
    let mut meant: Vec<TeamMember> =
        found.into_iter().filter(|member| is_offered(member, without) && is_meant(member)).collect();
    match (meant.pop(), meant.len()) {
        (None, _) => Err(NotMeant::Nobody),
        (Some(one), 0) => Ok(one),
        (Some(_), others) => Err(NotMeant::Several(others + 1)),
    }
}

/// Who can be chosen of those that were found.
fn offered(found: Vec<TeamMember>, without: &[UserId]) -> Vec<TeamMember> {
    found.into_iter().filter(|member| is_offered(member, without)).take(LISTED).collect()
}

fn is_offered(member: &TeamMember, without: &[UserId]) -> bool {
    member.suspended_at.is_none() && !member.is_program && !without.contains(&member.person.id)
}

#[component]
pub fn PersonField(
    #[prop(into)] id: String,
    /// The accessible name.
    label: &'static str,
    placeholder: &'static str,
    /// Who was chosen; the field is empty again when this is taken away.
    chosen: RwSignal<Option<TeamMember>>,
    /// Who is not offered.
    #[prop(into)]
    without: Signal<Vec<UserId>>,
    /// What is typed, for whoever asks [`meant`] about it.
    #[prop(optional)]
    typed: RwSignal<String>,
    /// Whether it has the keyboard as soon as it is there, with all of its words selected.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let (found, marked) = (RwSignal::new(None), RwSignal::new(0));
    let finding = Finding { typed, found, marked, chosen, without, resting: StoredValue::new_local(None) };
    on_cleanup(move || finding.resting.dispose());
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get().filter(|_| autofocus) {
            let _ = input.focus();
            input.select();
        }
    });
    Effect::new(move |before: Option<Option<String>>| {
        let name = chosen.with(|chosen| chosen.as_ref().map(|member| member.person.name.clone()));
        // Taken by whoever asked; somebody who types on has other letters in the field.
        if name.is_none() && before.flatten().is_some_and(|before| typed.with_untracked(|typed| *typed == before)) {
            typed.set(String::new());
        }
        name
    });
    let is_open = Memo::new(move |_| found.with(Option::is_some));
    let list = format!("{id}-list");
    let option = id.clone();
    let active = move || (!finding.listed().is_empty()).then(|| format!("{option}-{}", marked.get()));
    view! {
        <div class="finds">
            <div class="field">
                <input
                    node_ref=input
                    id=id.clone()
                    role="combobox"
                    aria-label=label
                    aria-autocomplete="list"
                    aria-expanded=move || is_open.get().to_string()
                    aria-controls=list.clone()
                    aria-activedescendant=active
                    placeholder=placeholder
                    autocomplete="off"
                    prop:value=move || typed.get()
                    on:input=move |event| finding.type_in(event_target_value(&event))
                    on:blur=move |_| finding.close()
                    on:keydown=move |event| {
                        if !event.is_composing() && finding.key(&event.key()) {
                            event.prevent_default();
                            event.stop_propagation();
                        }
                    }
                />
            </div>
            <Offered id list finding />
        </div>
    }
    .into_any()
}

/// The list under the field, while it is open.
#[component]
fn Offered(id: String, list: String, finding: Finding) -> impl IntoView {
    let sentence = move || {
        finding.found.with(|found| match found {
            None => None,
            Some(Err(sentence)) => Some(sentence.clone()),
            Some(Ok(found)) if found.is_empty() => Some("Nobody else in the team is called so.".to_owned()),
            Some(Ok(_)) => None,
        })
    };
    view! {
        <ul class="menu" role="listbox" id=list aria-label="People" hidden=move || finding.listed().is_empty()>
            {move || {
                let lines = finding.listed().into_iter().enumerate();
                lines.map(|(at, member)| view! { <Line id=id.clone() at member finding /> }.into_any()).collect_view()
            }}
        </ul>
        {move || sentence().map(|sentence| view! { <p class="menu none" role="status">{sentence}</p> }.into_any())}
    }
    .into_any()
}

#[component]
fn Line(id: String, at: usize, member: TeamMember, finding: Finding) -> impl IntoView {
    let (person, mail) = (member.person.clone(), member.mail.clone());
    view! {
        <li
            id=format!("{id}-{at}")
            role="option"
            aria-selected=move || (finding.marked.get() == at).to_string()
            // The field keeps the keyboard: without it, the list is closed.
            on:mousedown=move |event| event.prevent_default()
            on:click=move |_| finding.choose(member.clone())
        >
            <span aria-hidden="true">
                <Avatar person=person.clone() small=true />
            </span>
            <span>{person.name}</span>
            {mail.map(|mail| view! { <small>{mail}</small> }.into_any())}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::person::PersonColor;
    use postmortem::{Person, TeamRole};

    fn member(name: &str) -> TeamMember {
        TeamMember {
            person: Person { id: name.parse().expect("an id"), name: name.into(), color: PersonColor::Rose },
            mail: None,
            role: TeamRole::Member,
            seen_at: None,
            suspended_at: None,
            owned: 0,
            is_program: false,
        }
    }

    #[test]
    fn nobody_is_offered_who_cannot_come_in_or_is_there_already() {
        let found = vec![
            member("hana"),
            TeamMember { suspended_at: Some(Default::default()), ..member("daan") },
            TeamMember { is_program: true, ..member("robot") },
            member("mara"),
        ];
        let names: Vec<String> =
            offered(found, &[member("hana").person.id]).into_iter().map(|member| member.person.name).collect();
        assert_eq!(names, ["mara"]);
    }

    #[test]
    fn a_whole_name_or_mail_address_means_somebody_where_it_is_one_persons() {
        let with_mail = |id: &str, name: &str| {
            let person = Person { name: name.into(), ..member(id).person };
            TeamMember { person, mail: Some(format!("{id}@harbour.example")), ..member(id) }
        };
        let found = || vec![with_mail("mara", "Mara Roth"), with_mail("m2", "Mara Roth"), with_mail("tom", "Tomasz")];
        let meant = |typed: &str, without: &[UserId]| {
            exactly(found(), typed, without).map(|member| member.person.id.to_string())
        };
        assert_eq!(meant("tomasz", &[]).as_deref(), Ok("tom"));
        assert_eq!(meant("M2@harbour.example", &[]).as_deref(), Ok("m2"));
        assert_eq!(meant("Mara Roth", &[]), Err(NotMeant::Several(2)));
        assert_eq!(meant("Mara Roth", &[member("mara").person.id]).as_deref(), Ok("m2"));
        assert_eq!(meant("Mara", &[]), Err(NotMeant::Nobody), "letters of a name may mean anybody");
    }
}
