//! An invitation: whoever has the link makes an account of their own in the team.

use super::account::{AccountForm, YouFields};
use super::{DoorPage, until};
use crate::controls::field::ErrorLine;
use leptos::prelude::*;
use postmortem::TeamRole;
use postmortem::api::LinkShown;

#[component]
pub fn JoinPage(link: LinkShown, token: StoredValue<String>, has_ended: RwSignal<bool>) -> impl IntoView {
    let form = AccountForm::new(token, link.mail.clone(), false, has_ended);
    let is_mail_fixed = link.mail.is_some();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.submit();
    };
    let team = link.team.unwrap_or_else(|| "this Debrief".to_owned());
    view! {
        <DoorPage title="Join" aside=ViewFn::from(help)>
            <h1>"Join " {team}</h1>
            <p class="lead">{what_one_will_be(link.role)}</p>
            <form class="form narrow" novalidate on:submit=submit>
                <YouFields form is_mail_fixed />
                {move || form.errors.form.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
                <div class="end">
                    <button class="btn primary" id="form-error" disabled=move || form.is_busy.get()>
                        "Join and sign in"
                    </button>
                    <span class="hint">"The invitation ends on " {until(link.ends_at)} "."</span>
                </div>
            </form>
        </DoorPage>
    }
    .into_any()
}

/// What whoever joins may do then.
fn what_one_will_be(role: TeamRole) -> &'static str {
    match role {
        TeamRole::Admin => {
            "You are invited as an admin: you read and write post-mortems, and look after people and settings."
        }
        TeamRole::Member => "You are invited as a member: you read and write the post-mortems of the team.",
        TeamRole::Outsider => "You are invited as an outsider: you see the post-mortems that name you.",
    }
}

fn help() -> AnyView {
    view! {
        <h2>"Your name"</h2>
        <p>"It stands beside what you write and on your caret, for everyone who opens a post-mortem with you."</p>
        <h2>"You have an account?"</h2>
        <p>
            "Then you need no invitation. "
            <a class="lnk" href="/">
                "Sign in"
            </a>
        </p>
    }
    .into_any()
}
