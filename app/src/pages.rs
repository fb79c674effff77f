//! The pages of the client: the door, the incident log, a post-mortem, the settings, and what stands in the place of any.

mod becomes;
mod door;
mod doubtful_list;
mod failure;
mod frame;
mod log;
mod main_bar;
mod postmortem;
mod release_banner;
mod settings;
mod sign_out;
mod you;

use crate::browser::route::Router;
use crate::browser::theme::Theme;
use crate::controls::notices::Notices;
use crate::state::Session;
use crate::state::capabilities::CapabilitySignals;
use crate::state::postmortem::replicas;
use door::problem::Returned;
use leptos::prelude::*;

/// Starts the client in the body of the page.
pub fn start() {
    failure::watch_for_panics();
    replicas::warn_before_unload();
    Theme::remembered().apply();
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
    mount_to_body(|| {
        provide_context(Notices::new());
        let capabilities = CapabilitySignals::of_server();
        provide_context(capabilities);
        provide_context(Session::new(capabilities));
        provide_context(Returned::take());
        provide_context(Router::follow());
        view! { <frame::Frame /> }
    });
}
