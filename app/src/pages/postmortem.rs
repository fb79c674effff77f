//! One post-mortem: its bar and head, the outline, and the sections that people write together.

mod actions;
mod bar;
mod changes;
mod closed;
mod comments;
pub mod dialogs;
mod find;
mod head;
mod here;
mod history;
mod impact;
mod outline;
mod part;
mod publish;
mod published;
mod readiness;
mod responders;
mod saving;
mod section;
mod share;
mod sheet;
mod timeline;

use super::failure::FailurePage;
use super::log::take_beginning;
use crate::controls::focus::focus_id;
use crate::controls::notices::use_notices;
use crate::controls::shortcuts::use_shortcuts;
use crate::state::OpenPostmortem;
use crate::state::postmortem::open::use_open;
use crate::state::session::use_session;
use crate::sync::{Gone, Obstacle, Saving};
use bar::Bar;
use changes::{Changes, follow_visit, go_to_next_change};
use closed::ClosedPage;
use comments::{SelectionButton, comment_on_selection, go_to_unresolved};
use dialogs::delete::DeleteDialog;
use dialogs::keys::KeysDialog;
use dialogs::own_name::follow_own_name;
use find::FindBar;
use head::Head;
use history::HistoryDialog;
use history::reading::ReadVersion;
use leptos::prelude::*;
use outline::Outline;
use postmortem::{Capability, Postmortem, PostmortemId, Subject};
use publish::PublishDialog;
use published::follow_publication;
use readiness::Readiness;
use responders::Responders;
use saving::{FullBanner, KeptFiles, OfflineBanner, StorageBanner};
use share::ShareDialog;
use sheet::Sheet;
use std::sync::Arc;

const ABSENT: &str = "This post-mortem is not here";

const DELETED: &str = "Somebody deleted it, for everyone.";

/// The same for one that never was and for one that is private.
const NOT_HERE: &str = "The address may be mistyped, or it is one that you may not read. Who sent you the link can say which, and \
                        its owner can let you in.";

/// The dialogs of the page, by whether they are open.
#[derive(Clone, Copy)]
pub struct Dialogs {
    publish: RwSignal<bool>,
    share: RwSignal<bool>,
    history: RwSignal<bool>,
    delete: RwSignal<bool>,
    keys: RwSignal<bool>,
    find: RwSignal<bool>,
}

/// The page at `/postmortems/{id}`.
#[component]
pub fn PostmortemPage(id: PostmortemId) -> impl IntoView {
    let open = OpenPostmortem::new(id.clone());
    provide_context(open);
    provide_context(open.capabilities.lock(Capability::Edit));
    let dialogs = Dialogs {
        publish: RwSignal::new(false),
        share: RwSignal::new(false),
        history: RwSignal::new(false),
        delete: RwSignal::new(false),
        keys: RwSignal::new(false),
        find: RwSignal::new(false),
    };
    let is_title_open = RwSignal::new(false);
    begin(open, &id, is_title_open);
    tell_about_saving(open);
    follow_visit(open);
    follow_publication(open);
    follow_own_name(open, use_session());
    Effect::new(move |_| {
        if open.gone.with(Option::is_some) {
            return;
        }
        let title = open.parts.details.with(|details| details.title_or_placeholder().to_owned());
        document().set_title(&format!("{title} · Debrief"));
    });
    page_shortcuts(open, dialogs);
    // The whole page hangs on it: what is told again is no reason to draw it anew.
    let standing = Memo::new(move |_| (open.gone.get(), open.saving.arrived.get()));
    view! {
        {move || match standing.get() {
            (Some(Gone::ClosedToYou), _) => view! { <ClosedPage /> }.into_any(),
            (Some(Gone::Deleted), _) => view! { <Absent sentence=DELETED /> }.into_any(),
            (Some(Gone::NotHere), _) => view! { <Absent sentence=NOT_HERE /> }.into_any(),
            (None, false) => view! { <Unopened /> }.into_any(),
            (None, true) => {
                view! {
                    <a class="skip" href="#timeline">
                        "Go to the timeline"
                    </a>
                    <Bar dialogs />
                    <OfflineBanner />
                    <FindBar is_open=dialogs.find />
                    <StorageBanner />
                    <FullBanner />
                    <KeptFiles />
                    <Head dialogs is_title_open />
                    <Changes />
                    <div class="desk">
                        <Outline />
                        <div class="margin">
                            <Readiness />
                            <Responders />
                        </div>
                        <Sheet />
                    </div>
                    <SelectionButton />
                    <PublishDialog open=dialogs.publish />
                    <ShareDialog open=dialogs.share />
                    <HistoryDialog open=dialogs.history />
                    <DeleteDialog open=dialogs.delete />
                    <KeysDialog open=dialogs.keys />
                }
                    .into_any()
            }
        }}
    }
    .into_any()
}

/// Where there is none, and nothing is waited for.
#[component]
fn Absent(sentence: &'static str) -> impl IntoView {
    let notices = use_notices();
    Effect::new(move |_| {
        document().set_title("Not here · Debrief");
        notices.speak(ABSENT);
    });
    view! {
        <KeptFiles is_calm=true />
        <FailurePage title=ABSENT sentence />
    }
    .into_any()
}

/// What stands in the place of a document that has not come.
#[component]
fn Unopened() -> impl IntoView {
    let open = use_open();
    let retry = Callback::new(move |()| {
        if let Some(replica) = open.replica() {
            replica.try_now();
        }
    });
    move || match open.damage.get() {
        Some(sentence) => view! {
            <KeptFiles />
            <FailurePage title="This post-mortem is damaged" sentence retry />
        }
        .into_any(),
        None => unreached(open, retry),
    }
}

/// What is known of a document that cannot come.
fn unreached(open: OpenPostmortem, retry: Callback<()>) -> AnyView {
    let Some(obstacle) = open.obstacle.get() else { return view! { <Opening /> }.into_any() };
    match open.seen_from_afar.get().filter(|_| obstacle == Obstacle::NoSockets) {
        Some(value) => view! { <FromAfar value=Arc::unwrap_or_clone(value) /> }.into_any(),
        None => view! {
            <KeptFiles />
            <FailurePage
                title=obstacle.title()
                sentence=format!("This browser keeps no copy of this post-mortem. {}", obstacle.sentence())
                retry
                retry_words="Try now"
            />
        }
        .into_any(),
    }
}

/// The document as requests bring it: to be read, and not written.
#[component]
fn FromAfar(value: Postmortem) -> impl IntoView {
    view! {
        <div class="bar">
            <crate::controls::brand::Brand short=true />
            <span class="grow"></span>
            <saving::SaveState />
        </div>
        <OfflineBanner />
        <KeptFiles />
        <main class="afar">
            <ReadVersion value is_page=true />
        </main>
    }
    .into_any()
}

#[component]
fn Opening() -> impl IntoView {
    view! {
        <div class="bar">
            <crate::controls::brand::Brand short=true />
            <span class="grow"></span>
            <saving::SaveState />
        </div>
        <OfflineBanner />
        <main class="log" aria-busy="true">
            <div class="skels" role="img" aria-label="The post-mortem is opening">
                <div class="skel short"></div>
                <div class="skel"></div>
                <div class="skel"></div>
            </div>
        </main>
    }
    .into_any()
}

/// What a new post-mortem's page does first, once the document is here.
fn begin(open: OpenPostmortem, id: &PostmortemId, is_title_open: RwSignal<bool>) {
    let mut beginning = take_beginning(id);
    if let (Some(replica), Some(carried)) = (open.replica(), beginning.carried.take()) {
        replica.carry(carried);
    }
    let beginning = StoredValue::new(Some(beginning));
    Effect::new(move |_| {
        if open.saving.arrived.get()
            && let Some(beginning) = beginning.try_update_value(Option::take).flatten()
        {
            for command in &beginning.commands {
                open.edit(command);
            }
            if beginning.focuses_title {
                is_title_open.set(true);
            }
        }
    });
}

/// Losing and finding the connection is told to screen readers; every single "Saved" would be chatter.
fn tell_about_saving(open: OpenPostmortem) {
    let notices = use_notices();
    Effect::new(move |was_offline: Option<bool>| {
        let state = open.saving.state.get();
        let is_offline = matches!(state, Saving::Offline(..));
        // Whoever reads why it is not here is not told of a connection.
        let is_gone = open.gone.with_untracked(Option::is_some);
        match (was_offline.unwrap_or(false), is_offline) {
            _ if is_gone => {}
            (false, true) => notices.speak("Offline. Keep writing; changes are kept."),
            (true, false) => notices.speak("Connected again."),
            _ => {}
        }
        is_offline
    });
}

fn page_shortcuts(open: OpenPostmortem, dialogs: Dialogs) {
    let notices = use_notices();
    use_shortcuts(move |key| match key {
        "n" | "N" => {
            focus_id("quick-line");
            true
        }
        "j" | "J" => timeline::move_selection(open, 1),
        "k" | "K" => timeline::move_selection(open, -1),
        "c" | "C" => {
            if !comment_on_selection(open)
                && let Some(entry) = open.selected.get_untracked()
                && untrack(|| open.capabilities.may(Capability::Comment))
            {
                open.discussion.open(&Subject::Entry(entry));
            }
            true
        }
        "x" | "X" => {
            if let Some(timeline) = open.timeline.get_value() {
                timeline.as_text.run(());
            }
            true
        }
        "u" => go_to_unresolved(open, 1),
        "U" => go_to_unresolved(open, -1),
        "d" | "D" => go_to_next_change(open),
        "z" | "Z" => notices.undo(),
        "?" => {
            dialogs.keys.set(true);
            true
        }
        "Escape" => {
            open.discussion.close();
            true
        }
        _ => false,
    });
}
