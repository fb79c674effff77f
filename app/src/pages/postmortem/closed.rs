//! What stands in the place of a post-mortem that this person may not read any more. A right taken away is no failure: nothing
//! here is red.

use super::saving::KeptFiles;
use crate::controls::focus::focus_id;
use crate::controls::notices::use_notices;
use crate::pages::main_bar::MainBar;
use crate::reader::icon::{Icon, IconName};
use crate::state::postmortem::open::use_open;
use leptos::prelude::*;

const TITLE: &str = "You can no longer read this post-mortem";

/// The page with what could not be sent, if there is any.
#[component]
pub fn ClosedPage() -> impl IntoView {
    let (open, notices) = (use_open(), use_notices());
    // Whoever was typing has the keyboard nowhere now.
    Effect::new(move |_| {
        document().set_title("Closed to you · Debrief");
        notices.speak(TITLE);
        focus_id("closed");
    });
    view! {
        <MainBar />
        <main class="closed">
            <div class="plane">
                <Icon name=IconName::Lock />
                <div>
                    <h1 id="closed" tabindex="-1">
                        {TITLE}
                    </h1>
                    <p>
                        "Its owner decides who may, and can let you in again. " {move || what_stays(open.kept.with(Vec::len))}
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

/// What is left of one's own words, by how many files hold what was not sent.
fn what_stays(files: usize) -> &'static str {
    match files {
        0 => "What you wrote stays in it under your name; this browser keeps no copy.",
        1 => {
            "What was sent stays in it under your name. What was not is in a file, which is all that this browser keeps."
        }
        _ => {
            "What was sent stays in it under your name. What was not is in files, which are all that this browser keeps."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_to_be_gone_that_is_kept_below() {
        assert!(what_stays(0).ends_with("keeps no copy."));
        assert!(what_stays(1).contains("in a file") && what_stays(2).contains("in files"));
    }
}
