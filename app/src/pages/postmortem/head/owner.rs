//! Whose the post-mortem is: somebody of the team, who decides on it, or a name typed for somebody outside.

use crate::client::postmortems;
use crate::controls::avatar::NameAvatar;
use crate::controls::focus::focus_id_later;
use crate::controls::lock::{Lock, use_lock};
use crate::controls::notices::use_notices;
use crate::controls::person_field::{NotMeant, PersonField, meant};
use crate::state::capabilities::use_server_capabilities;
use crate::state::postmortem::open::use_open;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{OwnerChange, TeamMember};
use postmortem::{Capability, Openness, UserId};

/// The button that sets what stands in the field.
const SET: &str = "owner-set";

#[component]
pub fn Owner() -> impl IntoView {
    let open = use_open();
    let owner = Memo::new(move |_| open.parts.details.with(|details| details.owner.clone()));
    let people = Signal::derive(move || open.presences.people());
    let is_open = RwSignal::new(false);
    let (lock, button) = (own_lock(), NodeRef::<html::Button>::new());
    let close = Callback::new(move |()| {
        is_open.set(false);
        request_animation_frame(move || {
            if let Some(button) = button.try_get_untracked().flatten() {
                let _ = button.focus();
            }
        });
    });
    let shown = move || Some(owner.get()).filter(|owner| !owner.trim().is_empty());
    view! {
        {move || shown().map(|name| view! { <NameAvatar name people live=true small=true /> }.into_any())}
        <Show
            when=move || is_open.get()
            fallback=move || {
                view! {
                    <button
                        type="button"
                        node_ref=button
                        class=move || if shown().is_some() { "inplace" } else { "todo" }
                        aria-label=move || {
                            format!("Owner: {}. Change", shown().unwrap_or_else(|| "Choose owner".into()))
                        }
                        disabled=move || lock.is_closed()
                        title=move || lock.reason()
                        on:click=move |_| is_open.set(true)
                    >
                        {move || shown().unwrap_or_else(|| "Choose owner".into())}
                    </button>
                }
            }
        >
            <Choosing close />
        </Show>
    }
    .into_any()
}

/// Whoever edits names an owner where there is none; one who can sign in hands it over, or whoever decides on it does.
fn own_lock() -> Lock {
    let open = use_open();
    let edit = use_lock();
    let is_owned = Memo::new(move |_| open.parts.head.with(|head| head.as_ref().is_some_and(|head| head.is_owned)));
    Lock::new(Signal::derive(move || {
        let hand_over = || open.capabilities.lock(Capability::Administer).reason().filter(|_| is_owned.get());
        let by_owner = || hand_over().map(|_| "Whoever owns it hands it over.".to_owned());
        edit.reason().or_else(by_owner).or_else(|| open.saving.needs_server())
    }))
}

/// The field, and what is said of it.
#[component]
fn Choosing(close: Callback<()>) -> impl IntoView {
    let open = use_open();
    let notices = use_notices();
    let chosen = RwSignal::new(None::<TeamMember>);
    let typed = RwSignal::new(open.parts.details.with_untracked(|details| details.owner.clone()));
    let hands_over = untrack(|| open.capabilities.may(Capability::Administer));
    let (is_busy, error) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let owner = open.parts.details.with_untracked(|details| details.owner_id.clone());
    let without = Signal::stored(owner.into_iter().collect::<Vec<UserId>>());
    let gives_away = gives_away();
    let set = move || {
        let Some(id) = open.id.try_get_value().filter(|_| !is_busy.get_untracked()) else { return };
        is_busy.set(true);
        spawn_local(async move {
            let change = match chosen.get_untracked() {
                _ if !hands_over => Ok(OwnerChange::Name(typed.get_untracked().trim().to_owned())),
                Some(member) => Ok(OwnerChange::Person(member.person.id)),
                None => named(typed.get_untracked()).await,
            };
            let set = match change {
                Ok(change) => postmortems::set_owner(&id, &change).await.map_err(|problem| problem.to_string()),
                Err(sentence) => Err(sentence),
            };
            match set {
                Ok(head) => {
                    notices.speak(match head.owner.as_str() {
                        "" => "Nobody is named as the owner".to_owned(),
                        owner => format!("The owner is {owner}"),
                    });
                    open.parts.set_head(head);
                    close.run(());
                }
                Err(sentence) => drop(error.try_set(Some(sentence))),
            }
            is_busy.try_set(false);
        });
    };
    // Whoever is chosen is set, unless there would be no way back but by them.
    Effect::new(move |_| match chosen.with(Option::is_some) {
        true if gives_away.get_untracked() => focus_id_later(SET.to_owned()),
        true => set(),
        false => {}
    });
    let verb = move || if gives_away.get() && chosen.with(Option::is_some) { "Hand over" } else { "Set" };
    view! {
        <form
            class="owning"
            on:submit=move |event| {
                event.prevent_default();
                set();
            }
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    event.stop_propagation();
                    close.run(());
                }
            }
        >
            <PersonField id="owner-field" label="Owner" placeholder="Name" chosen without typed autofocus=true />
            <button id=SET class="btn small" disabled=move || is_busy.get()>
                {verb}
            </button>
            <button type="button" class="btn small bare" on:click=move |_| close.run(())>
                "Cancel"
            </button>
            <p class=move || if error.with(Option::is_some) { "hint wrong" } else { "hint" } role="status">
                {move || error.get().unwrap_or_else(|| consequence(chosen.get().as_ref(), hands_over))}
            </p>
        </form>
    }
    .into_any()
}

/// Whether whoever hands it over decides nothing any more: an admin does so on whatever the team finds.
fn gives_away() -> Memo<bool> {
    let (open, capabilities) = (use_open(), use_server_capabilities());
    Memo::new(move |_| {
        let is_private = open.audience.with(|audience| audience.access == Openness::Private);
        let is_mine = open.capabilities.may(Capability::Administer);
        is_mine && (is_private || !capabilities.may(Capability::Manage))
    })
}

/// Whom a name means that was typed without choosing anybody: the one person of the team who is called exactly so, or
/// somebody outside.
async fn named(name: String) -> Result<OwnerChange, String> {
    match meant(&name, &[]).await? {
        Ok(member) => Ok(OwnerChange::Person(member.person.id)),
        Err(NotMeant::Nothing | NotMeant::Nobody) => Ok(OwnerChange::Name(name.trim().to_owned())),
        Err(several) => Err(several.sentence(&name)),
    }
}

fn consequence(chosen: Option<&TeamMember>, hands_over: bool) -> String {
    match chosen {
        _ if !hands_over => "It is named here; an admin hands it over to an account.".to_owned(),
        Some(member) => {
            format!("{} will decide who may do what. Whoever owns it now stays an editor.", member.person.name)
        }
        None => "Somebody of the team, who then decides who may do what, or a name for somebody outside.".to_owned(),
    }
}
