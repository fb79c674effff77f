//! The toast, the refusal and the live region of the client: what the page says outside of the place one looks at.

use super::copy_button::CopyButton;
use crate::controls::notices::{Notices, RefusalNotice, Toast, use_notices};
use crate::reader::icon::{Icon, IconName};
use leptos::prelude::*;

/// Everything that floats at the foot of the page.
#[component]
pub fn NoticeArea() -> impl IntoView {
    let notices = use_notices();
    view! {
        <div class="vh" role="status" aria-live="polite">
            {move || notices.spoken.get()}
        </div>
        <div class="toasts">
            {move || notices.refusal.get().map(|refusal| view! { <RefusalAlert refusal /> }.into_any())}
            {move || notices.toast.get().map(|toast| view! { <ToastLine toast /> }.into_any())}
        </div>
    }
    .into_any()
}

#[component]
fn ToastLine(toast: Toast) -> impl IntoView {
    let notices = use_notices();
    view! {
        <div class="toast">
            <Icon name=IconName::Check />
            <span>{toast.message}</span>
            {toast
                .correction
                .map(|correction| {
                    view! {
                        <button type="button" class="btn bare small" on:click=move |_| correct(notices)>
                            {correction.label}
                            " "
                            <kbd class="hide-s">"↑"</kbd>
                        </button>
                    }.into_any()
                })}
            {toast
                .undo
                .map(|_| {
                    view! {
                        <button type="button" class="btn bare small" on:click=move |_| undo(notices)>
                            "Undo "
                            <kbd class="hide-s">"Z"</kbd>
                        </button>
                    }.into_any()
                })}
        </div>
    }
    .into_any()
}

/// A toast that has gone meanwhile has nothing to undo.
fn undo(notices: Notices) {
    let _ = notices.undo();
}

/// A toast that has gone meanwhile has nothing to correct.
fn correct(notices: Notices) {
    let _ = notices.correct();
}

#[component]
fn RefusalAlert(refusal: RefusalNotice) -> impl IntoView {
    let notices = use_notices();
    let RefusalNotice { headline, advice, text, .. } = refusal;
    view! {
        <div class="alert" role="alert">
            <Icon name=IconName::Warning />
            <div>
                <b>{headline}</b>
                <span>{advice}</span>
                <div class="after">
                    {text
                        .map(|text| {
                            let text = StoredValue::new(text);
                            view! {
                                <CopyButton
                                    label="Copy my text"
                                    class="small"
                                    text=Callback::new(move |()| text.get_value())
                                />
                            }.into_any()
                        })}
                    <button type="button" class="btn bare small" on:click=move |_| notices.refusal.set(None)>
                        "Close"
                    </button>
                </div>
            </div>
        </div>
    }
    .into_any()
}
