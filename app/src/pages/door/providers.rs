//! The buttons of single sign-on: a way to the provider, and back to the page that was asked for.

use super::problem::use_returned;
use crate::browser::route::use_router;
use leptos::prelude::*;
use postmortem::ProviderId;
use postmortem::api::ProviderDoor;

/// Where a sign-in begins that leads to a path.
fn way(provider: &ProviderId, to: &str) -> String {
    format!("/sign-in/{provider}?to={to}")
}

/// A button for each provider, of which the first is filled.
#[component]
pub fn ProviderDoors(providers: Vec<ProviderDoor>) -> impl IntoView {
    let (router, returned) = (use_router(), use_returned());
    let is_leaving = RwSignal::new(None::<ProviderId>);
    let button = move |(place, ProviderDoor { id, name }): (usize, ProviderDoor)| {
        let (own, target) = (id.clone(), id.clone());
        let label = move || match is_leaving.with(|leaving| leaving.as_ref() == Some(&own)) {
            true => format!("Going to {name}…"),
            false => format!("Continue with {name}"),
        };
        view! {
            <a
                class="btn wide"
                class:primary=place == 0
                href=move || router.route.with(|route| way(&target, &route.path()))
                on:click=move |_| {
                    returned.forget();
                    is_leaving.set(Some(id.clone()));
                }
            >
                {label}
            </a>
        }
        .into_any()
    };
    view! { <div class="doors">{providers.into_iter().enumerate().map(button).collect_view()}</div> }.into_any()
}

/// The same for somebody whose page is open: they sign in in another tab, and the page stays with what was typed in it.
#[component]
pub fn ProviderTabs(providers: Vec<ProviderDoor>) -> impl IntoView {
    let router = use_router();
    let link = move |ProviderDoor { id, name }: ProviderDoor| {
        view! {
            <a
                class="btn wide"
                target="_blank"
                rel="noopener"
                href=move || router.route.with(|route| way(&id, &route.path()))
            >
                "Continue with "
                {name}
            </a>
        }
        .into_any()
    };
    (!providers.is_empty()).then(|| {
        view! {
            <div class="doors">
                {providers.into_iter().map(link).collect_view()}
                <p class="hint">"This opens another tab. Come back to this one when you are signed in."</p>
            </div>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_leads_back_to_the_page_that_was_asked_for() {
        let provider = "harbour".parse().expect("an id");
        assert_eq!(way(&provider, "/postmortems/0199-a"), "/sign-in/harbour?to=/postmortems/0199-a");
    }
}
