//! What holds for the whole team: its name, what its members are on a post-mortem, and how long a browser stays signed in.

mod draft;

use crate::browser::route::SettingsPart;
use crate::client::people;
use crate::controls::field::ErrorLine;
use crate::controls::focus::focus_id;
use crate::controls::notices::use_notices;
use crate::state::capabilities::use_server_capabilities;
use draft::{AUDIT_DAYS, Draft, IDLE_DAYS, MEMBERS_ARE, SESSION_DAYS};
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::TeamSettings;
use postmortem::{Capability, PageReaders};

use super::PartHead;

/// The id of the field for who joins without an invitation.
const DOMAINS: &str = "domains";

#[component]
pub fn TeamPart() -> impl IntoView {
    let capabilities = use_server_capabilities();
    let settings = RwSignal::new(None::<Result<TeamSettings, String>>);
    let ask = move || {
        settings.set(None);
        spawn_local(async move {
            let answer = people::team().await.map_err(|problem| problem.to_string());
            let _ = settings.try_set(Some(answer));
        });
    };
    ask();
    let may_manage = Memo::new(move |_| capabilities.may(Capability::Manage));
    let sentence = Signal::derive(move || match may_manage.get() {
        true => "What holds for everybody of the team.",
        false => "What holds for everybody of the team. Its admins may change this.",
    });
    view! {
        <PartHead part=SettingsPart::Team sentence=Signal::derive(move || sentence.get().to_owned()) />
        {move || match settings.get() {
            None => view! { <div class="skel short" role="img" aria-label="The settings are opening"></div> }.into_any(),
            Some(Ok(settings)) if may_manage.get() => view! { <Form settings /> }.into_any(),
            Some(Ok(settings)) => view! { <Told settings /> }.into_any(),
            Some(Err(sentence)) => {
                view! {
                    <div class="nil">
                        <ErrorLine sentence />
                        <button type="button" class="btn" on:click=move |_| ask()>
                            "Try again"
                        </button>
                    </div>
                }
                    .into_any()
            }
        }}
    }
    .into_any()
}

/// The settings in words, for who may not change them.
#[component]
fn Told(settings: TeamSettings) -> impl IntoView {
    let lines = [
        ("Name", settings.name.clone()),
        ("Members", draft::members_are(settings.members_are).to_owned()),
        ("Published pages", settings.pages_are_for.label().to_owned()),
        ("Signed out", draft::ends(&settings)),
        ("Join by themselves", draft::join_by_themselves(&settings.domains)),
        ("Audit log", format!("kept for {}", draft::days(settings.audit_days.unwrap_or_default()))),
    ];
    view! {
        <dl class="told">
            {lines
                .map(|(what, words)| {
                    view! {
                        <div>
                            <dt>{what}</dt>
                            <dd>{words}</dd>
                        </div>
                    }.into_any()
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}

#[component]
fn Form(settings: TeamSettings) -> impl IntoView {
    let notices = use_notices();
    let draft = Draft::of(&settings);
    let (error, is_busy) = (RwSignal::new(None::<String>), RwSignal::new(false));
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        error.set(None);
        let Some(settings) = draft.settings() else { return focus_id(DOMAINS) };
        is_busy.set(true);
        spawn_local(async move {
            match people::set_team(&settings).await {
                Ok(settings) => {
                    draft.take(&settings);
                    notices.toast("The settings of the team are saved", None);
                }
                Err(problem) => drop(error.try_set(Some(problem.to_string()))),
            }
            let _ = is_busy.try_set(false);
        });
    };
    view! {
        <form class="form narrow" on:submit=save>
            <div>
                <label class="label" for="team-name">
                    "Name"
                </label>
                <div class="field">
                    <input
                        id="team-name"
                        autocomplete="organization"
                        prop:value=move || draft.name.get()
                        on:input=move |event| draft.name.set(event_target_value(&event))
                    />
                </div>
                <p class="hint">"Whoever signs in or is invited sees it."</p>
            </div>
            <MembersField draft />
            <PagesField draft />
            <DomainsField draft />
            <div class="pair">
                <DaysField id="idle-days" label="Signed out when not used for" value=draft.idle_days choices=&IDLE_DAYS />
                <DaysField
                    id="session-days"
                    label="Signed out in any case after"
                    value=draft.session_days
                    choices=&SESSION_DAYS
                />
            </div>
            <p class="hint">"What was not sent yet is kept in the browser until its person signs in again."</p>
            <DaysField id="audit-days" label="The audit log is kept for" value=draft.audit_days choices=&AUDIT_DAYS />
            <p class="hint">"What is older is deleted for good."</p>
            {move || error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            <div>
                <button class="btn primary" disabled=move || is_busy.get()>
                    "Save"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// Who can open a page of which its publisher says nothing else.
#[component]
fn PagesField(draft: Draft) -> impl IntoView {
    view! {
        <div>
            <label class="label" for="pages-are-for">
                "A published page is for"
            </label>
            <div class="field">
                <select
                    id="pages-are-for"
                    on:change=move |event| {
                        if let Ok(readers) = event_target_value(&event).parse() {
                            draft.pages_are_for.set(readers);
                        }
                    }
                >
                    {PageReaders::ALL
                        .iter()
                        .map(|readers| {
                            let readers = *readers;
                            view! {
                                <option value=readers.code() selected=move || draft.pages_are_for.get() == readers>
                                    {readers.label()}
                                </option>
                            }.into_any()
                        })
                        .collect_view()}
                </select>
            </div>
            <p class="hint">"Whoever publishes can say otherwise. What is private is published for people who are signed in."</p>
        </div>
    }
    .into_any()
}

/// Who joins without an invitation.
#[component]
fn DomainsField(draft: Draft) -> impl IntoView {
    view! {
        <div>
            <label class="label" for=DOMAINS>
                "Mail domains whose people join by themselves"
            </label>
            <div class="field" class:bad=move || draft.domains_error.with(Option::is_some)>
                <input
                    id=DOMAINS
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    placeholder="Nobody joins without an invitation"
                    aria-describedby="domains-hint"
                    aria-invalid=move || draft.domains_error.with(|error| error.is_some().then_some("true"))
                    prop:value=move || draft.domains.get()
                    on:input=move |event| {
                        draft.domains.set(event_target_value(&event));
                        draft.domains_error.set(None);
                    }
                />
            </div>
            {move || draft.domains_error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            <p class="hint" id="domains-hint">
                "They become members by signing in with a provider (" <a href="/settings/sign-in">"Sign-in"</a>
                ") that has verified their address. With a password nobody can: Debrief sends no mail that would prove it."
            </p>
        </div>
    }
    .into_any()
}

/// What members are on a post-mortem that says nothing else.
#[component]
fn MembersField(draft: Draft) -> impl IntoView {
    view! {
        <fieldset class="opts">
            <legend class="label">"On a post-mortem that says nothing else, members"</legend>
            {MEMBERS_ARE
                .map(|role| {
                    view! {
                        <label class="opt">
                            <input
                                type="radio"
                                name="members-are"
                                value=role.code()
                                prop:checked=move || draft.members_are.get() == role
                                on:change=move |_| draft.members_are.set(role)
                            />
                            <span>{draft::members_are(role)}</span>
                        </label>
                    }.into_any()
                })
                .collect_view()}
        </fieldset>
    }
    .into_any()
}

#[component]
fn DaysField(id: &'static str, label: &'static str, value: RwSignal<u32>, choices: &'static [u32]) -> impl IntoView {
    let choose = move |event| {
        if let Ok(days) = event_target_value(&event).parse() {
            value.set(days);
        }
    };
    view! {
        <div>
            <label class="label" for=id>
                {label}
            </label>
            <div class="field">
                <select id=id prop:value=move || value.get().to_string() on:change=choose>
                    {draft::with(choices, value.get_untracked())
                        .into_iter()
                        .map(|days| {
                            let is_chosen = days == value.get_untracked();
                            view! {
                                <option value=days.to_string() selected=is_chosen>
                                    {draft::days(days)}
                                </option>
                            }.into_any()
                        })
                        .collect_view()}
                </select>
            </div>
        </div>
    }
    .into_any()
}
