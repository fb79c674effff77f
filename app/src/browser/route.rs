//! Which page is shown, from the address of the browser. The client has two, so that a router of our own is smaller
//! than the code of any other.

use crate::browser::listener::Listener;
use leptos::prelude::*;
use postmortem::PostmortemId;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

/// A page of the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The incident log.
    Log,
    /// One post-mortem.
    Postmortem(PostmortemId),
    /// Nothing of ours.
    Nowhere,
}

impl Route {
    /// The page at a path.
    pub fn at(path: &str) -> Self {
        match path.strip_prefix("/postmortems/").map(|id| id.trim_end_matches('/').parse()) {
            Some(Ok(id)) => Self::Postmortem(id),
            None if path == "/" => Self::Log,
            _ => Self::Nowhere,
        }
    }

    /// The path of the page.
    pub fn path(&self) -> String {
        match self {
            Self::Postmortem(id) => format!("/postmortems/{id}"),
            Self::Log | Self::Nowhere => "/".to_owned(),
        }
    }
}

/// The page that is shown, and the way to another.
#[derive(Clone, Copy)]
pub struct Router {
    /// The page.
    pub route: RwSignal<Route>,
}

impl Router {
    /// Follows the browser's address for as long as the client lives: the back button, and links within the client.
    pub fn follow() -> Self {
        let router = Self { route: RwSignal::new(current()) };
        let went_back = Listener::new(&window(), "popstate", move |_| router.show(current()));
        let clicked = Listener::new(&document(), "click", move |event| {
            if let Some(route) = event.dyn_ref::<MouseEvent>().and_then(target) {
                event.prevent_default();
                router.go(route);
            }
        });
        std::mem::forget((went_back, clicked));
        router
    }

    /// Goes to a page.
    pub fn go(self, route: Route) {
        if let Ok(history) = window().history() {
            // Fails only where an address is pushed a hundred times a second.
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&route.path()));
        }
        window().scroll_to_with_x_and_y(0.0, 0.0);
        self.show(route);
    }

    fn show(self, route: Route) {
        if self.route.with_untracked(|shown| *shown != route) {
            self.route.set(route);
        }
    }
}

/// The router, from any component.
#[expect(clippy::expect_used, reason = "the client provides it before it renders anything")]
pub fn use_router() -> Router {
    use_context().expect("a component of the client")
}

fn current() -> Route {
    Route::at(&window().location().pathname().unwrap_or_default())
}

/// Where a plain click on a link of the client leads; `None` for every other click.
fn target(event: &MouseEvent) -> Option<Route> {
    let is_plain = event.button() == 0
        && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() || event.default_prevented());
    let element = event.target()?.dyn_into::<Element>().ok()?;
    let link = element.closest("a[href]").ok()??.dyn_into::<HtmlAnchorElement>().ok()?;
    let is_ours = link.origin() == window().location().origin().ok()? && link.target().is_empty();
    // A link to a place in the page, and an empty one that reloads it, are the browser's.
    let is_whole = !link.get_attribute("href").unwrap_or_default().is_empty() && link.hash().is_empty();
    let route = Route::at(&link.pathname());
    (is_plain && is_ours && is_whole && route != Route::Nowhere).then_some(route)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_page_and_back() {
        assert_eq!(Route::at("/"), Route::Log);
        let route = Route::at("/postmortems/0199-a");
        assert_eq!(route.path(), "/postmortems/0199-a");
        for path in ["/postmortems/", "/postmortems/../x", "/p/slug", "/nowhere"] {
            assert_eq!(Route::at(path), Route::Nowhere, "{path}");
        }
    }
}
