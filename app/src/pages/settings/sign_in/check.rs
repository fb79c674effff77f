//! Whether a provider answers under the address that is typed.

use super::draft::ProviderForm;
use crate::client::providers;
use crate::controls::field::ErrorLine;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::ProviderFound;

/// The address with the button that asks there.
#[component]
pub fn IssuerField(form: ProviderForm) -> impl IntoView {
    let found = RwSignal::new(None::<ProviderFound>);
    let is_asking = RwSignal::new(false);
    let check = move |_| {
        let issuer = form.issuer.get_untracked();
        is_asking.set(true);
        found.set(None);
        form.errors.issuer.set(None);
        spawn_local(async move {
            match providers::check(&issuer).await {
                Ok(answer) => {
                    // What it calls itself, to the last slash, unless something else was typed meanwhile.
                    if form.issuer.try_with_untracked(|typed| *typed == issuer) == Some(true) {
                        form.issuer.set(answer.issuer.clone());
                        found.try_set(Some(answer));
                    }
                }
                Err(problem) => drop(form.errors.issuer.try_set(Some(problem.to_string()))),
            }
            is_asking.try_set(false);
        });
    };
    view! {
        <div>
            <label class="label" for="provider-issuer">
                "Address of the provider (issuer)"
            </label>
            <div class="field" class:bad=move || form.errors.issuer.with(Option::is_some)>
                <input
                    id="provider-issuer"
                    type="url"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="https://login.example.org"
                    aria-describedby="provider-found"
                    aria-invalid=move || form.errors.issuer.with(|error| error.is_some().then_some("true"))
                    prop:value=move || form.issuer.get()
                    on:input=move |event| {
                        form.issuer.set(event_target_value(&event));
                        form.errors.issuer.set(None);
                        found.set(None);
                    }
                />
                <button type="button" class="btn bare small" disabled=move || is_asking.get() on:click=check>
                    {move || if is_asking.get() { "Asking…" } else { "Check" }}
                </button>
            </div>
            <div id="provider-found" role="status">
                {move || match (form.errors.issuer.get(), found.get()) {
                    (Some(sentence), _) => view! { <ErrorLine sentence /> }.into_any(),
                    (None, Some(found)) => view! { <p class="hint">{said(&found)}</p> }.into_any(),
                    (None, None) => ().into_any(),
                }}
            </div>
        </div>
    }
    .into_any()
}

/// What was found, in a sentence.
fn said(found: &ProviderFound) -> String {
    let keys = if found.keys == 1 { "1 key".to_owned() } else { format!("{} keys", found.keys) };
    let more = if found.tells_more { "" } else { " It tells mail addresses at once or not at all." };
    format!("It answers, signs people in at {}, and signs with {keys}.{more}", found.signs_in_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_says_of_itself_is_said_in_a_sentence() {
        let found = ProviderFound {
            issuer: "https://id.example".into(),
            signs_in_at: "https://id.example/auth".into(),
            keys: 1,
            tells_more: true,
        };
        assert_eq!(said(&found), "It answers, signs people in at https://id.example/auth, and signs with 1 key.");
        let silent = ProviderFound { keys: 2, tells_more: false, ..found };
        assert!(said(&silent).ends_with("signs with 2 keys. It tells mail addresses at once or not at all."));
    }
}
