//! Pages that stand in the place of another: nothing here, no server, and the page that stopped.

use crate::controls::brand::Brand;
use leptos::prelude::*;
use std::panic;

/// A page that says what is missing or wrong, and what to do.
#[component]
pub fn FailurePage(
    /// The heading.
    #[prop(into)]
    title: String,
    /// What to do, in a sentence.
    #[prop(into)]
    sentence: String,
    /// Tries again; without it the page leads to the log.
    #[prop(optional)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div class="bar">
            <Brand />
        </div>
        <main class="first">
            <h1>{title}</h1>
            <p>{sentence}</p>
            <div class="grid">
                <div>
                    {match retry {
                        Some(retry) => {
                            view! {
                                <button type="button" class="btn primary" on:click=move |_| retry.run(())>
                                    "Try again"
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

/// A panic ends the client; whoever types must see that at once. The words are written into the page without the
/// client's own means, which are gone.
pub fn watch_for_panics() {
    panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        let document = document();
        if document.get_element_by_id("stopped").is_some() {
            return;
        }
        let Ok(banner) = document.create_element("div") else { return };
        banner.set_id("stopped");
        banner.set_class_name("banner bad");
        banner.set_inner_html(
            "<b>Debrief stopped working in this page.</b> \
             <span>What was saved is on the server. Copy what you typed last, then reload.</span> \
             <span class=\"grow\"></span><a class=\"btn small\" href=\"\">Reload</a>",
        );
        // Failing here leaves only the console's message.
        let _ = banner.set_attribute("role", "alert");
        if let Some(body) = document.body() {
            let _ = body.prepend_with_node_1(&banner);
        }
    }));
}
