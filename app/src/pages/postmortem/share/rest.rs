//! What everybody of the team may who is not named: four choices in order of trust, each with what follows from it.

use super::sharing::{ShareSpot, Sharing};
use super::{ErrorAt, LossAt, draft};
use leptos::prelude::*;
use postmortem::PostmortemRole;

#[component]
pub fn Rest(sharing: Sharing) -> impl IntoView {
    let may_change = Memo::new(move |_| sharing.may_change());
    view! {
        <h3>"Everyone else in the team"</h3>
        {move || if may_change.get() { view! { <Choices sharing /> }.into_any() } else { view! { <Chosen sharing /> }.into_any() }}
    }
    .into_any()
}

#[component]
fn Choices(sharing: Sharing) -> impl IntoView {
    view! {
        <fieldset class="opts">
            <legend class="vh">"Everyone else in the team"</legend>
            {draft::REST.map(|choice| view! { <RestChoice sharing choice /> }.into_any()).collect_view()}
        </fieldset>
        <LossAt sharing place=ShareSpot::Rest />
        <ErrorAt sharing place=ShareSpot::Rest />
    }
    .into_any()
}

#[component]
fn RestChoice(sharing: Sharing, choice: Option<PostmortemRole>) -> impl IntoView {
    // What is asked about is chosen on the page, and is taken back with the question.
    let is_chosen = Memo::new(move |_| {
        let is_asked = sharing.loss.with(|loss| loss.as_ref().is_some_and(|loss| loss.place == ShareSpot::Rest));
        if is_asked {
            return choice.is_none();
        }
        sharing.seen.with(|seen| seen.as_ref().is_some_and(|seen| draft::rest(seen) == choice))
    });
    let consequence = move || {
        sharing.seen.with(|seen| seen.as_ref().map(|seen| draft::consequence(choice, seen.usually)).unwrap_or_default())
    };
    let choose = move |_| {
        let done = format!("Everyone else: {}", draft::words(choice));
        sharing.change(ShareSpot::Rest, |shown| draft::with_rest(shown, choice), done);
    };
    view! {
        <label class="opt">
            <input type="radio" name="rest" prop:checked=move || is_chosen.get() on:change=choose />
            <span>
                {draft::words(choice)}
                <small>{consequence}</small>
            </span>
        </label>
    }
    .into_any()
}

/// The same in words, for who may not change it.
#[component]
fn Chosen(sharing: Sharing) -> impl IntoView {
    move || {
        sharing.seen.get().map(|seen| {
            let rest = draft::rest(&seen);
            view! {
                <p class="fixed">
                    <b>{draft::words(rest)}</b>
                    <small>{draft::consequence(rest, seen.usually)}</small>
                </p>
                <p class="q">{draft::who_may(&seen)}</p>
            }
            .into_any()
        })
    }
}
