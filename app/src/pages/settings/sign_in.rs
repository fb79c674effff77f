//! By what people sign in beside a password: the providers of single sign-on, set up by who looks after the team.

mod catalogue;
mod check;
mod draft;
mod form;
mod rules;

use super::PartHead;
use crate::browser::route::SettingsPart;
use crate::controls::field::ErrorLine;
use crate::controls::question::{Press, Question, press_once};
use catalogue::Catalogue;
use form::{EditedProvider, ProviderDialog};
use leptos::prelude::*;
use postmortem::api::Provider;

#[component]
pub fn SignInPart() -> impl IntoView {
    let catalogue = Catalogue::open();
    let sentence = Signal::derive(move || match catalogue.may_manage() {
        true => "Everybody can sign in with a password. With single sign-on they need none.".to_owned(),
        false => "How people of the team sign in. Its admins look after it.".to_owned(),
    });
    view! {
        <PartHead part=SettingsPart::SignIn sentence />
        <Show
            when=move || catalogue.may_manage()
            fallback=|| view! { <p class="nil">"What you can sign in with stands on the sign-in page."</p> }.into_any()
        >
            <ProvidersSection catalogue />
        </Show>
    }
    .into_any()
}

/// What holds for every provider.
const HINT: &str = "Whoever has an account here under a mail address that the provider has verified is let in, whatever the rules \
                    say. Keep an admin with a password: it opens the door when the provider is down.";

#[component]
fn ProvidersSection(catalogue: Catalogue) -> impl IntoView {
    let editing = RwSignal::new(None::<EditedProvider>);
    let is_open = RwSignal::new(false);
    let edit = Callback::new(move |wanted: EditedProvider| {
        editing.set(Some(wanted));
        is_open.set(true);
    });
    let add = move || {
        view! {
            <button type="button" class="btn" on:click=move |_| edit.run(EditedProvider::New)>
                "Add a provider"
            </button>
        }
        .into_any()
    };
    view! {
        <section class="wide" aria-labelledby="providers">
            <header>
                <h2 id="providers">"Single sign-on"</h2>
                <span class="note">"OpenID Connect"</span>
                <span class="grow"></span>
                <Show when=move || catalogue.has_providers()>{add}</Show>
            </header>
            {move || catalogue.failure().map(|sentence| view! { <ErrorLine sentence /> }.into_any())}
            <Show
                when=move || catalogue.has_providers()
                fallback=move || {
                    view! {
                        <div class="nil">
                            <p>
                                "There is none yet. A provider such as Okta, Keycloak or Google signs people in for Debrief, once it was told of it."
                            </p>
                            {add}
                        </div>
                    }.into_any()
                }
            >
                <table class="t">
                    <thead>
                        <tr>
                            <th scope="col">"Provider"</th>
                            <th scope="col">"Somebody new is let in"</th>
                            <th scope="col">
                                <span class="vh">"Change or remove"</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {move || {
                            let domains = catalogue.team_domains();
                            let row = |provider: Provider| {
                                let lets_in = rules::in_words(&provider.rules, &domains);
                                view! { <ProviderRow catalogue provider lets_in edit /> }.into_any()
                            };
                            catalogue.providers().into_iter().map(row).collect_view()
                        }}
                    </tbody>
                </table>
            </Show>
            <p class="hint">
                {HINT}
            </p>
        </section>
        <ProviderDialog open=is_open editing catalogue />
    }
    .into_any()
}

#[component]
fn ProviderRow(
    catalogue: Catalogue,
    provider: Provider,
    /// Whom it lets in, in words.
    lets_in: String,
    edit: Callback<EditedProvider>,
) -> impl IntoView {
    let question = Question::default();
    let (id, changed) = (provider.id.clone(), provider.clone());
    let remove = move |_| {
        if question.press() == Press::Answers {
            question.end();
            catalogue.remove(id.clone());
        }
    };
    view! {
        <tr data-provider=provider.id.to_string()>
            <td>
                <b>{provider.name.clone()}</b>
                <small>{provider.issuer.clone()}</small>
            </td>
            <td class="s">{lets_in}</td>
            <td class="do">
                <button
                    type="button"
                    class="btn bare small"
                    aria-label=format!("Change {}", provider.name)
                    on:click=move |_| edit.run(EditedProvider::Known(changed.clone()))
                >
                    "Change"
                </button>
                <button
                    type="button"
                    class="btn bare small danger"
                    aria-disabled=move || question.is_deaf()
                    on:keydown=press_once
                    on:blur=move |_| question.end()
                    on:click=remove
                >
                    {move || if question.is_asked() { "Remove: nobody signs in with it" } else { "Remove" }}
                </button>
            </td>
        </tr>
    }
    .into_any()
}
