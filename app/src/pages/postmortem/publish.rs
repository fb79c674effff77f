//! Publishing: what readers will and will not see, the link, and the internal email.

mod email;
mod open_points;
mod reach;
mod readers;

use super::published::changed_since;
use crate::client::publications;
use crate::controls::copy_button::CopyButton;
use crate::controls::dialog::Dialog;
use crate::controls::field::ErrorLine;
use crate::controls::focus::focus_id;
use crate::controls::notices::use_notices;
use crate::controls::question::{Press, Question, press_once};
use crate::state::postmortem::open::{Publication, use_open};
use email::InternalEmail;
use leptos::prelude::*;
use leptos::task::spawn_local;
use open_points::OpenPoints;
use postmortem::{Capability, PageReaders};
use reach::{Names, Reach};
use readers::{Readers, use_reach};

#[component]
pub fn PublishDialog(open: RwSignal<bool>) -> impl IntoView {
    let postmortem = use_open();
    let remark = Signal::derive(move || Some(postmortem.publication.with(standing)));
    let readers = RwSignal::new(None);
    view! {
        <Dialog open class="pub" title="Publish" remark>
            <div class="cols">
                <Before />
                <div>
                    <PageLink />
                    <Readers chosen=readers />
                    <InternalEmail />
                </div>
            </div>
            <Foot open readers />
        </Dialog>
    }
    .into_any()
}

/// What is to be known before; it follows what others write.
#[component]
fn Before() -> impl IntoView {
    let open = use_open();
    let postmortem = Memo::new(move |_| {
        open.parts.changed.track();
        open.postmortem()
    });
    view! {
        <div>
            <Names postmortem />
            <OpenPoints postmortem />
            <Reach postmortem />
        </div>
    }
    .into_any()
}

/// What stands now, in a sentence.
fn standing(publication: &Publication) -> String {
    match (&publication.slug, publication.published_at) {
        (None, _) if publication.revision > 0 => "The page is withdrawn.".to_owned(),
        (None, _) => "A frozen copy for its readers. You can withdraw it.".to_owned(),
        (Some(_), Some(at)) => {
            format!("Version {} was published {}.", publication.revision, at.format("%-d %b %Y at %H:%M UTC"))
        }
        (Some(_), None) => format!("Version {} is published.", publication.revision),
    }
}

/// The link, once there is one.
#[component]
fn PageLink() -> impl IntoView {
    let postmortem = use_open();
    let link = Memo::new(move |_| {
        postmortem.publication.with(|publication| publication.slug.as_deref().map(publications::link))
    });
    let changed = Memo::new(move |_| postmortem.unpublished.with(changed_since));
    view! {
        <h3>"Link"</h3>
        {move || match link.get() {
            Some(link) => {
                let copied = link.clone();
                view! {
                    <div class="field">
                        <input readonly aria-label="Link" prop:value=link.clone() />
                        <CopyButton
                            label="Copy"
                            class="bare small"
                            text=Callback::new(move |()| copied.clone())
                        />
                    </div>
                    {move || changed.get().map(|words| view! { <p class="q after">{format!("Changed since: {words}.")}</p> }.into_any())}
                }
                    .into_any()
            }
            None => {
                let was_published = postmortem.publication.with(|publication| publication.revision > 0);
                let sentence = if was_published {
                    "Withdrawn: the link in mails that were sent leads to nothing. Publishing again brings the same link back."
                } else {
                    "The link is made when you publish, and stays the same for later versions."
                };
                view! { <p class="q">{sentence}</p> }.into_any()
            }
        }}
    }.into_any()
}

#[component]
fn Foot(open: RwSignal<bool>, readers: RwSignal<Option<PageReaders>>) -> impl IntoView {
    let postmortem = use_open();
    let notices = use_notices();
    let lock = postmortem.capabilities.lock(Capability::Publish);
    let error = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let question = Question::default();
    let publication = postmortem.publication;
    let next = move || publication.with(|publication| publication.revision + 1);
    let (waiting, reach) = (Memo::new(move |_| postmortem.saving.waiting()), use_reach(readers));
    let publish = move |_| {
        let id = postmortem.id.get_value();
        is_busy.set(true);
        error.set(None);
        spawn_local(async move {
            match publications::create(&id, readers.get_untracked()).await {
                Ok(()) => notices.speak("Published"),
                Err(problem) => error.set(Some(problem.to_string())),
            }
            is_busy.set(false);
        });
    };
    let withdraw = move |_| {
        match question.press() {
            Press::Asks => {
                notices.speak("Press again to withdraw the page. The link in mails that were sent will lead to nothing until it is published again.");
                return;
            }
            Press::Repeats => return,
            Press::Answers => {}
        }
        let Some(slug) = publication.with_untracked(|publication| publication.slug.clone()) else { return };
        let id = postmortem.id.get_value();
        is_busy.set(true);
        error.set(None);
        spawn_local(async move {
            match publications::withdraw(&id, &slug).await {
                Ok(()) => {
                    notices.speak("Withdrawn");
                    // Its button goes away with the page.
                    focus_id("dialog-title");
                }
                Err(problem) => error.set(Some(problem.to_string())),
            }
            is_busy.set(false);
            question.end();
        });
    };
    view! {
        <footer>
            {move || {
                publication
                    .with(|publication| publication.slug.clone())
                    .map(|slug| {
                        view! {
                            <a class="lnk q" href=publications::link(&slug) target="_blank" rel="noopener">
                                "Open the page"
                            </a>
                            <button
                                type="button"
                                class="btn danger"
                                disabled=move || is_busy.get() || lock.is_closed()
                                title=move || lock.reason()
                                aria-disabled=move || question.is_deaf()
                                on:keydown=press_once
                                on:click=withdraw
                                on:blur=move |_| question.end()
                            >
                                {move || if question.is_asked() { "Withdraw: the link stops working" } else { "Withdraw" }}
                            </button>
                        }.into_any()
                    })
            }}
            <span class="grow q" role="status">
                {move || {
                    if question.is_asked() {
                        Some("The link in mails that were sent will lead to nothing until you publish again.".to_owned())
                    } else {
                        waiting.get().or_else(|| Some(reach.get().to_owned()))
                    }
                }}
            </span>
            <span>{move || error.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}</span>
            <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                "Close"
            </button>
            <button
                type="button"
                class="btn primary"
                disabled=move || is_busy.get() || waiting.with(Option::is_some) || lock.is_closed()
                title=move || lock.reason()
                on:click=publish
            >
                {move || format!("Publish version {}", next())}
            </button>
        </footer>
    }
    .into_any()
}
