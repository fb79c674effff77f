//! Share and access: left who is named, right what everybody else of the team may, and whose it is.

mod draft;
mod letting_in;
mod named;
mod owner;
mod rest;
mod sharing;

use crate::controls::copy_button::CopyButton;
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use crate::sync::Saving;
use draft::Lost;
use leptos::prelude::*;
use letting_in::LettingIn;
use named::Named;
use owner::Ownership;
use postmortem::Openness;
use rest::Rest;
use sharing::{ShareSpot, Sharing};

#[component]
pub fn ShareDialog(open: RwSignal<bool>) -> impl IntoView {
    let postmortem = use_open();
    let title = move || postmortem.parts.details.with(|details| details.title_or_placeholder().to_owned());
    let remark = Signal::derive(move || Some(title()));
    view! {
        <Dialog open class="pub share" title="Share and access" remark>
            <Share open />
        </Dialog>
    }
    .into_any()
}

#[component]
fn Share(open: RwSignal<bool>) -> impl IntoView {
    let postmortem = use_open();
    let is_offline = Memo::new(move |_| matches!(postmortem.saving.state.get(), Saving::Offline(..)));
    // Asked anew with each connection: what was shown before it may not hold any more.
    view! {
        {move || {
            if is_offline.get() {
                view! { <Offline open /> }.into_any()
            } else {
                view! { <Judged open sharing=Sharing::begin() /> }.into_any()
            }
        }}
    }
    .into_any()
}

#[component]
fn Offline(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <p class="calm" role="status">
            <Icon name=IconName::Offline />
            <span>
                <b>"Offline. "</b>
                "Who may do what is decided by the server, which cannot be reached. Keep writing; come back here when there is \
                 a connection."
            </span>
        </p>
        <footer>
            <span class="grow"></span>
            <button type="button" class="btn primary" on:click=move |_| open.set(false)>
                "Close"
            </button>
        </footer>
    }
    .into_any()
}

/// What the server says, once it has.
#[component]
fn Judged(open: RwSignal<bool>, sharing: Sharing) -> impl IntoView {
    let is_here = Memo::new(move |_| sharing.seen.with(Option::is_some));
    view! {
        {move || match (is_here.get(), sharing.failure.get()) {
            (true, _) => {
                view! {
                    <div class="cols">
                        <div>
                            <LettingIn sharing />
                            <Named sharing />
                        </div>
                        <div>
                            <Rest sharing />
                            <Ownership sharing />
                        </div>
                    </div>
                }
                    .into_any()
            }
            (false, Some(sentence)) => {
                view! {
                    <div class="calm">
                        <ErrorLine sentence />
                        <button type="button" class="btn small" on:click=move |_| sharing.ask()>
                            "Try again"
                        </button>
                    </div>
                }
                    .into_any()
            }
            (false, None) => {
                view! {
                    <div class="calm skels" role="img" aria-label="Who may do what is being asked">
                        <div class="skel short"></div>
                        <div class="skel"></div>
                    </div>
                }
                    .into_any()
            }
        }}
        <Foot open sharing />
    }
    .into_any()
}

#[component]
fn Foot(open: RwSignal<bool>, sharing: Sharing) -> impl IntoView {
    let postmortem = use_open();
    let counted = move || {
        sharing.seen.with(|seen| seen.as_ref().map(|seen| (seen.access == Openness::Private, draft::readers(seen))))
    };
    let link = Callback::new(move |()| {
        let origin = window().location().origin().unwrap_or_default();
        format!("{origin}/postmortems/{}", postmortem.id.get_value())
    });
    view! {
        <footer>
            <span class="state" role="status">
                {move || {
                    counted()
                        .map(|(is_private, words)| {
                            let name = if is_private { IconName::Lock } else { IconName::People };
                            view! {
                                <Icon name small=true />
                                <span>{words}</span>
                            }.into_any()
                        })
                }}
            </span>
            <span class="grow"></span>
            <CopyButton label="Copy link" class="bare" text=link />
            <button type="button" class="btn primary" on:click=move |_| open.set(false)>
                "Done"
            </button>
        </footer>
    }
    .into_any()
}

/// What went wrong at a place, under it.
#[component]
fn ErrorAt(sharing: Sharing, place: ShareSpot) -> impl IntoView {
    move || sharing.error_at(&place).map(|sentence| view! { <ErrorLine sentence /> }.into_any())
}

/// The question before somebody takes the post-mortem from themselves, where they do it.
#[component]
fn LossAt(sharing: Sharing, place: ShareSpot) -> impl IntoView {
    let asked = Memo::new(move |_| {
        sharing.loss.with(|loss| loss.as_ref().filter(|loss| loss.place == place).map(|loss| loss.lost))
    });
    let words = move || match asked.get() {
        Some(Lost::Deciding) => {
            ("You could not change this back. ", "What is private is its owner's to decide, and you are not its owner.")
        }
        Some(Lost::Reading) | None => (
            "You would lose it yourself. ",
            "You are not named in it then, and only who is named finds a private post-mortem.",
        ),
    };
    view! {
        <Show when=move || asked.get().is_some()>
            <div class="asked" role="alert">
                <p>
                    <b>{move || words().0}</b>
                    {move || words().1}
                </p>
                <button type="button" class="btn small danger" on:click=move |_| sharing.accept_loss()>
                    "Do it anyway"
                </button>
                <button type="button" class="btn bare small" on:click=move |_| sharing.loss.set(None)>
                    "Leave it"
                </button>
            </div>
        </Show>
    }
    .into_any()
}
