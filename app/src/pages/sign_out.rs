//! Signing this browser out. What is not sent yet is told first.

use crate::client::sessions;
use crate::controls::dialog::Dialog;
use crate::controls::notices::{Notices, use_notices};
use crate::state::Session;
use crate::state::postmortem::replicas;
use crate::state::session::use_session;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Signs out, from any component; the frame provides it.
#[derive(Clone, Copy)]
pub struct SignOut {
    is_asking: RwSignal<bool>,
    session: Session,
    notices: Notices,
}

impl SignOut {
    pub fn new() -> Self {
        Self { is_asking: RwSignal::new(false), session: use_session(), notices: use_notices() }
    }

    /// Signs out, or asks first.
    pub fn press(self) {
        if replicas::unsent().get_untracked() > 0 {
            self.is_asking.set(true);
        } else {
            self.run();
        }
    }

    fn run(self) {
        spawn_local(async move {
            match sessions::delete_own().await {
                Ok(()) => {
                    self.is_asking.set(false);
                    self.session.leave();
                }
                Err(error) => self.notices.refuse_sentence(&format!("You are still signed in. {error}"), None),
            }
        });
    }
}

/// The way out, from any component.
#[expect(clippy::expect_used, reason = "the frame provides it before it shows a page")]
pub fn use_sign_out() -> SignOut {
    use_context().expect("a component inside of the frame")
}

/// The question before somebody signs out of a browser that has not sent everything.
#[component]
pub fn SignOutDialog() -> impl IntoView {
    let sign_out = use_sign_out();
    let open = sign_out.is_asking;
    let unsent = replicas::unsent();
    view! {
        <Dialog open title="Sign out with changes that are not sent?">
            <div class="body">
                <p>{
                    let unsent = unsent.clone();
                    move || kept(unsent.get())
                }</p>
            </div>
            <footer>
                <span class="grow"></span>
                <button type="button" class="btn bare" on:click=move |_| open.set(false)>
                    "Stay signed in"
                </button>
                <button type="button" class="btn danger" on:click=move |_| sign_out.run()>
                    "Sign out"
                </button>
            </footer>
        </Dialog>
    }
    .into_any()
}

/// What becomes of what is not sent.
fn kept(count: usize) -> String {
    let changes = match count {
        0 => return "Everything is sent by now.".to_owned(),
        1 => "1 change is kept in this browser. It is".to_owned(),
        count => format!("{count} changes are kept in this browser. They are"),
    };
    format!("{changes} sent when somebody signs in here the next time, under their name.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_counted() {
        assert!(kept(1).starts_with("1 change is kept in this browser. It is sent when"));
        assert!(kept(2).starts_with("2 changes are kept in this browser. They are sent when"));
    }
}
