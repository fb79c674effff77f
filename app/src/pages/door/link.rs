//! The page where one-time links lead. The secret stands behind the `#` of its address, which no server is sent and no log
//! keeps, and is taken out of the address at once.

use super::enter::EnterPage;
use super::join::JoinPage;
use super::setup::SetupPage;
use super::{DoorPage, Opening};
use crate::browser::listener::Listener;
use crate::browser::route::take_fragment;
use crate::client::{RequestError, sessions};
use crate::pages::failure::FailurePage;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::{ErrorCode, LinkKind, LinkShown};

/// The page at `/link`.
#[component]
pub fn LinkPage() -> impl IntoView {
    let token = StoredValue::new(String::new());
    let has_ended = RwSignal::new(false);
    let answer = RwSignal::new(None::<Result<LinkShown, RequestError>>);
    let ask = move || {
        let asked = token.get_value();
        has_ended.set(asked.is_empty());
        answer.set(None);
        if asked.is_empty() {
            return;
        }
        spawn_local(async move {
            let told = sessions::link(&asked).await;
            // Another link may have been opened since.
            if token.try_with_value(|current| *current == asked).unwrap_or(false) {
                has_ended.set(told.as_ref().is_err_and(|error| error.code() == Some(ErrorCode::LinkEnded)));
                answer.set(Some(told));
            }
        });
    };
    let open = move || {
        let found = take_fragment();
        if !found.is_empty() {
            token.set_value(found);
        }
        ask();
    };
    open();
    // A link that is opened where another one was changes nothing of the address but this. Taking it out tells nobody.
    let listener = Listener::new(&window(), "hashchange", move |_| open());
    let listener = StoredValue::new_local(listener);
    on_cleanup(move || listener.dispose());
    move || {
        if has_ended.get() {
            return view! { <NothingHere /> }.into_any();
        }
        match answer.get() {
            None => view! { <Opening /> }.into_any(),
            Some(Ok(link)) => match link.kind {
                LinkKind::Setup => view! { <SetupPage link token has_ended /> }.into_any(),
                LinkKind::Invitation => view! { <JoinPage link token has_ended /> }.into_any(),
                LinkKind::SignIn | LinkKind::NewPassword => view! { <EnterPage link token has_ended /> }.into_any(),
            },
            Some(Err(error)) => view! {
                <FailurePage
                    title="The link could not be looked up"
                    sentence=error.to_string()
                    retry=Callback::new(move |()| ask())
                />
            }
            .into_any(),
        }
    }
}

/// A link that was used, has ended, or never was: whoever tries addresses learns nothing.
#[component]
fn NothingHere() -> impl IntoView {
    let help = || {
        view! {
            <h2>"You need a new link?"</h2>
            <p>"Ask whoever sent you this one, or an admin of your team. Whoever runs the server can make one too:"</p>
            <code>"debrief invite --data DIR --for you@example.org"</code>
        }
        .into_any()
    };
    view! {
        <DoorPage title="Nothing here" aside=ViewFn::from(help)>
            <h1>"There is nothing here for you"</h1>
            <p class="lead">
                "A link like this works once, and for a time. This one was used, has ended, or was not copied as a whole."
            </p>
            <a class="btn primary" href="/">
                "Go to Debrief"
            </a>
        </DoorPage>
    }
    .into_any()
}
