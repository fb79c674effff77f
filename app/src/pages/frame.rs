//! The frame around every page: who this browser is comes first, then the router, and the notices above all.

use super::failure::{FailurePage, NotFound};
use super::log::LogPage;
use super::name_dialog::NameDialog;
use super::postmortem::PostmortemPage;
use super::release_banner::ReleaseBanner;
use crate::browser::release::use_release;
use crate::browser::route::{Route, use_router};
use crate::client::person;
use crate::controls::notice_area::NoticeArea;
use crate::state::postmortem::replicas;
use crate::state::session::{SessionState, use_session};
use leptos::prelude::*;

#[component]
pub fn Frame() -> impl IntoView {
    let session = use_session();
    let router = use_router();
    let ask = move || {
        if !session.is_known() {
            session.state.set(SessionState::Asking);
        }
        session.ask(replicas::person_found);
    };
    ask();
    person::on_doubt(move || session.ask(replicas::person_found));
    session.follow_other_tabs(person::doubt);
    let news = use_release();
    Effect::new(move |_| {
        if session.state.with(|state| matches!(state, SessionState::Known(_))) {
            replicas::send_kept();
        }
        replicas::person_found();
    });
    let is_known = Memo::new(move |_| session.person().is_some());
    let failure = Memo::new(move |_| {
        session.state.with(|state| match state {
            SessionState::Failed(error) => Some(error.to_string()),
            _ => None,
        })
    });
    view! {
        <ReleaseBanner news />
        <NameDialog />
        {move || {
            failure
                .get()
                .map(|sentence| {
                    view! {
                        <FailurePage title="Debrief cannot be reached" sentence retry=Callback::new(move |()| ask()) />
                    }.into_any()
                })
        }}
        <Show when=move || is_known.get()>
            {move || match router.route.get() {
                Route::Log => view! { <LogPage /> }.into_any(),
                Route::Postmortem(id) => view! { <PostmortemPage id /> }.into_any(),
                Route::Nowhere => view! { <NotFound /> }.into_any(),
            }}
        </Show>
        <NoticeArea />
    }
    .into_any()
}
