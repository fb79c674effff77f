//! What stands in the place of a post-mortem that this person may not read any more. A right taken away is no failure: nothing
//! here is red.

use super::saving::KeptFiles;
use crate::controls::brand::Brand;
use crate::controls::focus::focus_id;
use crate::controls::notices::use_notices;
use crate::reader::icon::{Icon, IconName};
use leptos::prelude::*;

const TITLE: &str = "You can no longer read this post-mortem";

/// The page with what could not be sent, if there is any.
#[component]
pub fn ClosedPage() -> impl IntoView {
    let notices = use_notices();
    // Whoever was typing has the keyboard nowhere now.
    Effect::new(move |_| {
        document().set_title("Closed to you · Debrief");
        notices.speak(TITLE);
        focus_id("closed");
    });
    view! {
        <div class="bar">
            <Brand />
        </div>
        <main class="closed">
            <div class="plane">
                <Icon name=IconName::Lock />
                <div>
                    <h1 id="closed" tabindex="-1">
                        {TITLE}
                    </h1>
                    <p>
                        "Its owner decides who may, and can let you in again. What you wrote stays in it under your name; \
                         this browser keeps no copy."
                    </p>
                    <KeptFiles is_calm=true />
                    <a class="btn" href="/">
                        "Go to the incident log"
                    </a>
                </div>
            </div>
        </main>
    }
    .into_any()
}
