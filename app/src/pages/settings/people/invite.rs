//! The dialog that makes an invitation, and then shows its link.

use super::directory::Directory;
use super::link_once::{LinkOnce, Once};
use crate::client::people;
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::TeamRole;
use postmortem::api::NewInvitation;

/// For how many days a link may hold. The longest is as long as somebody may be away.
const DAYS: [(u32, &str); 4] = [(1, "1 day"), (7, "7 days"), (14, "14 days"), (30, "30 days")];

/// What is being filled in.
#[derive(Clone, Copy)]
struct Draft {
    role: RwSignal<TeamRole>,
    mail: RwSignal<String>,
    people: RwSignal<String>,
    days: RwSignal<u32>,
    error: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
}

impl Draft {
    fn new() -> Self {
        Self {
            role: RwSignal::new(TeamRole::Member),
            mail: RwSignal::new(String::new()),
            people: RwSignal::new("1".to_owned()),
            days: RwSignal::new(7),
            error: RwSignal::new(None),
            is_busy: RwSignal::new(false),
        }
    }

    /// A link that is for an address is for one person.
    fn is_for_one(self) -> bool {
        self.mail.with(|mail| !mail.trim().is_empty())
    }

    fn invitation(self) -> Result<NewInvitation, String> {
        let mail = self.mail.get_untracked().trim().to_owned();
        let typed = self.people.get_untracked();
        let people = match (mail.is_empty(), typed.trim().parse::<u32>()) {
            (false, _) => 1,
            (true, Ok(people)) if people > 0 => people,
            (true, _) => return Err("Write for how many people it is, as a number: 1, 10.".to_owned()),
        };
        let mail = Some(mail).filter(|mail| !mail.is_empty());
        Ok(NewInvitation { role: self.role.get_untracked(), mail, people, days: self.days.get_untracked() })
    }
}

#[component]
pub fn InviteDialog(open: RwSignal<bool>, directory: Directory) -> impl IntoView {
    view! {
        <Dialog open title="Invite to the team">
            <Invite open directory />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Invite(open: RwSignal<bool>, directory: Directory) -> impl IntoView {
    let made = RwSignal::new(None::<LinkOnce>);
    let draft = Draft::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let invitation = match draft.invitation() {
            Ok(invitation) => invitation,
            Err(sentence) => return draft.error.set(Some(sentence)),
        };
        draft.is_busy.set(true);
        draft.error.set(None);
        spawn_local(async move {
            match people::invite(&invitation).await {
                Ok(invitation) => {
                    let _ = made.try_set(Some(LinkOnce::for_invitation(invitation)));
                    directory.ask();
                }
                Err(problem) => {
                    let _ = draft.is_busy.try_set(false);
                    let _ = draft.error.try_set(Some(problem.to_string()));
                }
            }
        });
    };
    view! {
        {move || match made.get() {
            Some(link) => view! { <Once link open /> }.into_any(),
            None => {
                view! {
                    <form on:submit=submit>
                        <Fields draft />
                        <footer>
                            <span class="grow"></span>
                            <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                                "Cancel"
                            </button>
                            <button class="btn primary" disabled=move || draft.is_busy.get()>
                                "Make the link"
                            </button>
                        </footer>
                    </form>
                }
                    .into_any()
            }
        }}
    }
    .into_any()
}

#[component]
fn Fields(draft: Draft) -> impl IntoView {
    view! {
        <div class="body">
            <div>
                <label class="label" for="invited-mail">
                    "For whom"
                </label>
                <div class="field">
                    <input
                        id="invited-mail"
                        type="email"
                        autofocus
                        autocomplete="off"
                        placeholder="Whoever has the link"
                        aria-describedby="invited-mail-hint"
                        prop:value=move || draft.mail.get()
                        on:input=move |event| draft.mail.set(event_target_value(&event))
                    />
                </div>
                <p class="hint" id="invited-mail-hint">
                    "With a mail address only that address can join with it. Debrief sends nothing: the link is yours to send."
                </p>
            </div>
            <RoleField draft />
            <div class="pair">
                <PeopleField draft />
                <DaysField draft />
            </div>
            {move || draft.error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
        </div>
    }
    .into_any()
}

#[component]
fn RoleField(draft: Draft) -> impl IntoView {
    let choices = [
        (TeamRole::Member, "Reads and writes what is open to the team."),
        (TeamRole::Outsider, "Sees only the post-mortems that name them."),
        (TeamRole::Admin, "Looks after people and settings as well."),
    ];
    view! {
        <fieldset class="opts">
            <legend class="label">"Role"</legend>
            {choices
                .map(|(role, words)| {
                    view! {
                        <label class="opt">
                            <input
                                type="radio"
                                name="invited-role"
                                value=role.code()
                                checked=role == TeamRole::Member
                                on:change=move |_| draft.role.set(role)
                            />
                            <span>
                                {role.label()}
                                <small>{words}</small>
                            </span>
                        </label>
                    }.into_any()
                })
                .collect_view()}
        </fieldset>
    }
    .into_any()
}

#[component]
fn PeopleField(draft: Draft) -> impl IntoView {
    view! {
        <div>
            <label class="label" for="invited-people">
                "How many people"
            </label>
            <div class="field">
                <input
                    id="invited-people"
                    type="number"
                    min="1"
                    disabled=move || draft.is_for_one()
                    prop:value=move || if draft.is_for_one() { "1".to_owned() } else { draft.people.get() }
                    on:input=move |event| draft.people.set(event_target_value(&event))
                />
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn DaysField(draft: Draft) -> impl IntoView {
    let choose = move |event| {
        if let Ok(days) = event_target_value(&event).parse() {
            draft.days.set(days);
        }
    };
    view! {
        <div>
            <label class="label" for="invited-days">
                "Holds for"
            </label>
            <div class="field">
                <select id="invited-days" prop:value=move || draft.days.get().to_string() on:change=choose>
                    {DAYS
                        .map(|(days, words)| {
                            view! { <option value=days.to_string() selected=days == 7>{words}</option> }.into_any()
                        })
                        .collect_view()}
                </select>
            </div>
        </div>
    }
    .into_any()
}
