//! The frame around every page: who this browser is comes first, then the router, and the notices above all.

use super::door::ended::EndedDialog;
use super::door::link::LinkPage;
use super::door::problem::use_returned;
use super::door::sign_in::SignInPage;
use super::failure::{FailurePage, NotFound};
use super::log::LogPage;
use super::postmortem::PostmortemPage;
use super::release_banner::ReleaseBanner;
use super::settings::SettingsPage;
use super::sign_out::{SignOut, SignOutDialog};
use crate::browser::release::use_release;
use crate::browser::route::{Route, Router, use_router};
use crate::client::person;
use crate::controls::notice_area::NoticeArea;
use crate::state::postmortem::replicas;
use crate::state::session::{SessionState, use_session};
use leptos::prelude::*;
use postmortem::UserId;

/// What stands in the frame.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    /// Nothing yet: the server has been asked who this is.
    Nothing,
    /// A one-time link, which asks for nobody.
    Link,
    SignIn,
    Failure(String),
    /// The pages of a person. Another person's are made anew, since they may read other things.
    Pages(UserId),
}

impl Shown {
    fn of(state: &SessionState, route: &Route) -> Self {
        match state {
            _ if *route == Route::Link => Self::Link,
            SessionState::Asking => Self::Nothing,
            SessionState::SignedOut => Self::SignIn,
            SessionState::Failed(error) => Self::Failure(error.to_string()),
            SessionState::Known(known) | SessionState::Ended(known) => Self::Pages(known.person.id.clone()),
        }
    }
}

#[component]
pub fn Frame() -> impl IntoView {
    let session = use_session();
    let router = use_router();
    let returned = use_returned();
    provide_context(SignOut::new());
    let found = move || {
        replicas::person_found();
        // Somebody is signed in, whatever came of an attempt.
        if session.state.with_untracked(|state| matches!(state, SessionState::Known(_))) {
            returned.forget();
        }
    };
    let ask = move || {
        if !session.is_known() {
            session.state.set(SessionState::Asking);
        }
        session.ask(found);
    };
    ask();
    person::on_doubt(move || session.ask(found));
    session.follow_other_tabs(person::doubt);
    let news = use_release();
    Effect::new(move |_| {
        if session.state.with(|state| matches!(state, SessionState::Known(_))) {
            replicas::send_kept();
        }
        replicas::person_found();
    });
    let shown = Memo::new(move |_| session.state.with(|state| router.route.with(|route| Shown::of(state, route))));
    view! {
        <ReleaseBanner news />
        <Show when=move || shown.with(|shown| matches!(shown, Shown::Pages(_)))>
            <EndedDialog />
            <SignOutDialog />
        </Show>
        {move || match shown.get() {
            Shown::Nothing => ().into_any(),
            Shown::Link => view! { <LinkPage /> }.into_any(),
            Shown::SignIn => view! { <SignInPage /> }.into_any(),
            Shown::Failure(sentence) => {
                view! {
                    <FailurePage title="Debrief cannot be reached" sentence retry=Callback::new(move |()| ask()) />
                }
                    .into_any()
            }
            Shown::Pages(_) => view! { <Pages router /> }.into_any(),
        }}
        <NoticeArea />
    }
    .into_any()
}

#[component]
fn Pages(router: Router) -> impl IntoView {
    // The settings are one page, whichever part of them is shown.
    let is_settings = Memo::new(move |_| router.route.with(|route| matches!(route, Route::Settings(_))));
    let other = Memo::new(move |_| Some(router.route.get()).filter(|route| !matches!(route, Route::Settings(_))));
    view! {
        <Show when=move || is_settings.get()>
            <SettingsPage />
        </Show>
        {move || {
            other
                .get()
                .map(|route| match route {
                    Route::Log => view! { <LogPage /> }.into_any(),
                    Route::Postmortem(id) => view! { <PostmortemPage id /> }.into_any(),
                    Route::Nowhere | Route::Link | Route::Settings(_) => view! { <NotFound /> }.into_any(),
                })
        }}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::RequestError;
    use crate::state::session::RememberedPerson;

    #[test]
    fn a_browser_that_knows_its_person_shows_their_pages_also_when_the_session_has_ended() {
        let kept = r#"{"id":"u1","name":"Mara","color":"teal","mail":"mara@harbour.example"}"#;
        let known: RememberedPerson = serde_json::from_str(kept).unwrap();
        let pages = Shown::Pages(known.person.id.clone());
        assert_eq!(Shown::of(&SessionState::Known(known.clone()), &Route::Log), pages);
        assert_eq!(Shown::of(&SessionState::Ended(known.clone()), &Route::Nowhere), pages);
        assert_eq!(Shown::of(&SessionState::Ended(known), &Route::Link), Shown::Link, "a link asks for nobody");
    }

    #[test]
    fn whoever_is_not_known_is_at_the_door() {
        assert_eq!(Shown::of(&SessionState::SignedOut, &Route::Log), Shown::SignIn);
        assert_eq!(Shown::of(&SessionState::Asking, &Route::Log), Shown::Nothing);
        let failed = SessionState::Failed(RequestError::Unreachable);
        assert!(matches!(Shown::of(&failed, &Route::Log), Shown::Failure(_)));
        assert_eq!(Shown::of(&failed, &Route::Link), Shown::Link);
    }
}
