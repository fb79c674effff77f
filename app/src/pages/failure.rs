//! Pages that stand in the place of another: nothing here, no server, and the page that stopped.

use crate::controls::brand::Brand;
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use std::panic;
use wasm_bindgen::{JsCast, JsValue};

/// A page that says what is missing or wrong, and what to do.
#[component]
pub fn FailurePage(
    #[prop(into)] title: String,
    #[prop(into)] sentence: String,
    /// Tries again; without it the page leads to the log.
    #[prop(optional)]
    retry: Option<Callback<()>>,
    #[prop(default = "Try again")] retry_words: &'static str,
) -> impl IntoView {
    view! {
        <div class="bar">
            <Brand />
        </div>
        <Failure title sentence retry retry_words />
    }
    .into_any()
}

/// The same under a bar that is there already.
#[component]
pub fn Failure(
    #[prop(into)] title: String,
    #[prop(into)] sentence: String,
    #[prop(into)] retry: Option<Callback<()>>,
    #[prop(default = "Try again")] retry_words: &'static str,
) -> impl IntoView {
    view! {
        <main class="first">
            <h1>{title}</h1>
            <p>{sentence}</p>
            <div class="grid">
                <div>
                    {match retry {
                        Some(retry) => {
                            view! {
                                <button type="button" class="btn primary" on:click=move |_| retry.run(())>
                                    {retry_words}
                                </button>
                            }
                                .into_any()
                        }
                        None => {
                            view! {
                                <a class="btn primary" href="/">
                                    "Go to the incident log"
                                </a>
                            }
                                .into_any()
                        }
                    }}
                </div>
            </div>
        </main>
    }
    .into_any()
}

/// Nothing is at this address.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <FailurePage
            title="There is no such page"
            sentence="The address may be mistyped, or the post-mortem was deleted."
        />
    }
    .into_any()
}

/// A panic ends the client. Whoever types is told by a script beside it (`app/editor/stopped.js`), which is still there.
pub fn watch_for_panics() {
    panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        let script = Reflect::get(&js_sys::global(), &"DebriefStopped".into()).ok();
        if let Some(stopped) = script.and_then(|script| script.dyn_into::<Function>().ok()) {
            // Failing here leaves only the console's message.
            let _ = stopped.call0(&JsValue::NULL);
        }
    }));
}
