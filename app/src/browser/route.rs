//! Which page is shown, from the address of the browser. The client has few, so that a router of our own is smaller than
//! the code of any other.

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
    /// A part of the settings.
    Settings(SettingsPart),
    /// Where one-time links lead, for whoever has one.
    Link,
    /// Nothing of ours.
    Nowhere,
}

/// What the settings consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsPart {
    Profile,
    Devices,
    Team,
    People,
    Groups,
    Services,
    SignIn,
    Audit,
}

impl SettingsPart {
    pub const ALL: [Self; 8] = [
        Self::Profile,
        Self::Devices,
        Self::Team,
        Self::People,
        Self::Groups,
        Self::Services,
        Self::SignIn,
        Self::Audit,
    ];

    /// The path of the part.
    pub fn path(self) -> &'static str {
        match self {
            Self::Profile => "/settings",
            Self::Devices => "/settings/devices",
            Self::Team => "/settings/team",
            Self::People => "/settings/people",
            Self::Groups => "/settings/groups",
            Self::Services => "/settings/services",
            Self::SignIn => "/settings/sign-in",
            Self::Audit => "/settings/audit",
        }
    }
}

impl Route {
    /// The page at a path.
    pub fn at(path: &str) -> Self {
        if let Some(id) = path.strip_prefix("/postmortems/") {
            return id.trim_end_matches('/').parse().map_or(Self::Nowhere, Self::Postmortem);
        }
        match path {
            "/" => Self::Log,
            "/link" => Self::Link,
            _ => {
                let found = SettingsPart::ALL.into_iter().find(|part| part.path() == path.trim_end_matches('/'));
                found.map_or(Self::Nowhere, Self::Settings)
            }
        }
    }

    /// The path of the page.
    pub fn path(&self) -> String {
        match self {
            Self::Postmortem(id) => format!("/postmortems/{id}"),
            Self::Settings(part) => part.path().to_owned(),
            Self::Link => "/link".to_owned(),
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

    /// Goes to a page in the place of this one, which the back button does not find again.
    pub fn replace(self, route: Route) {
        put_in_place(&route.path());
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

/// What the address carries behind its `#`, which no server is sent. It is taken out of the address: whoever looks at the
/// screen, the history or a copied address does not get it.
pub fn take_fragment() -> String {
    let location = window().location();
    let fragment = location.hash().unwrap_or_default().trim_start_matches('#').to_owned();
    if !fragment.is_empty() {
        put_in_place(&location.pathname().unwrap_or_default());
    }
    fragment
}

/// What stands behind the `?` of the address, by its names, as a page that writes it with [`put_query`] reads it back.
pub fn query() -> impl Fn(&str) -> Option<String> {
    let query = window().location().search().unwrap_or_default();
    move |name| {
        let pairs = query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
        let value = pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)?;
        js_sys::decode_uri_component(value).ok().map(String::from)
    }
}

/// Says in the address what the page shows, so that the address can be kept and passed on.
pub fn put_query(pairs: &[(&str, String)]) {
    let path = window().location().pathname().unwrap_or_default();
    let said: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", js_sys::encode_uri_component(value))).collect();
    put_in_place(&if said.is_empty() { path } else { format!("{path}?{}", said.join("&")) });
}

fn put_in_place(path: &str) {
    if let Ok(history) = window().history() {
        // Fails only where an address is replaced a hundred times a second.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
    }
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
        for part in SettingsPart::ALL {
            assert_eq!(Route::at(&Route::Settings(part).path()), Route::Settings(part));
        }
        assert_eq!(Route::at("/settings/"), Route::Settings(SettingsPart::Profile));
        assert_eq!(Route::at("/link"), Route::Link);
        for path in ["/settings/none", "/links", "/postmortems/", "/postmortems/../x", "/p/slug", "/nowhere"] {
            assert_eq!(Route::at(path), Route::Nowhere, "{path}");
        }
    }
}
