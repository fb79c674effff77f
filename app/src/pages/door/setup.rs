//! The first start: whoever has the link that the server printed makes the first account and names the team.

use super::account::{AccountForm, YouFields};
use super::errors::FormPlace;
use super::{DoorPage, until};
use crate::controls::field::ErrorLine;
use crate::controls::form_field::{FieldKind, FormField};
use leptos::prelude::*;
use postmortem::api::LinkShown;
use postmortem::person::LONGEST_TEAM;

#[component]
pub fn SetupPage(link: LinkShown, token: StoredValue<String>, has_ended: RwSignal<bool>) -> impl IntoView {
    let form = AccountForm::new(token, link.mail.clone(), true, has_ended);
    let is_mail_fixed = link.mail.is_some();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.submit();
    };
    view! {
        <DoorPage title="Set up" aside=ViewFn::from(help)>
            <h1>"Set up this Debrief"</h1>
            <p class="lead">
                "You opened the one-time link that the server printed. It makes the first account, an admin, and ends when you press the button."
            </p>
            <form novalidate on:submit=submit>
                <ol class="tl ghost plain">
                    <Step number=1 title="You">
                        <YouFields form is_mail_fixed />
                    </Step>
                    <Step number=2 title="The team">
                        <TeamField form />
                    </Step>
                    <Step number=3 title="Who may join">
                        <p>"Whom you invite, and nobody else. You find that in the settings, under People."</p>
                        {move || form.errors.form.get().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
                        <div class="act">
                            <button class="btn primary" id="form-error" disabled=move || form.is_busy.get()>
                                "Make the account and sign in"
                            </button>
                            <span class="hint">"The link ends on " {until(link.ends_at)} "."</span>
                        </div>
                    </Step>
                </ol>
            </form>
        </DoorPage>
    }
    .into_any()
}

/// What the team is called.
#[component]
fn TeamField(form: AccountForm) -> impl IntoView {
    let field = FieldKind {
        id: FormPlace::Team.id(),
        label: "Team",
        autocomplete: "organization",
        longest: Some(LONGEST_TEAM),
        ..FieldKind::default()
    };
    form.team
        .map(|team| view! { <FormField field value=team error=form.errors.team hint="Stands where people sign in." /> })
}

/// One of the steps on the rail.
#[component]
fn Step(number: usize, title: &'static str, children: Children) -> impl IntoView {
    let (from, to) = match number {
        1 => ("none", "plain"),
        3 => ("plain", "none"),
        _ => ("plain", "plain"),
    };
    view! {
        <li class="ev" data-from=from data-to=to>
            <div class="line">
                <div class="when">{number} <span class="hide-s">" of 3"</span></div>
                <div class="rail">
                    <span class="tick"></span>
                </div>
                <div class="what">
                    <h2>{title}</h2>
                    <div class="form">{children()}</div>
                </div>
            </div>
        </li>
    }
    .into_any()
}

fn help() -> AnyView {
    view! {
        <h2>"Until then"</h2>
        <p>"The server answers this page only. Nobody else can read or write."</p>
        <h2>"Link lost or ended?"</h2>
        <p>"Whoever runs the server makes another one:"</p>
        <code>"debrief invite --data DIR"</code>
    }
    .into_any()
}
