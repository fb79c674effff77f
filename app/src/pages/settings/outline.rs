//! The parts of the settings in their groups: a column, or a strip that starts at the current part where there is no room.

use crate::browser::route::SettingsPart;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

const GROUPS: [(&str, &[SettingsPart]); 3] = [
    ("You", &[SettingsPart::Profile, SettingsPart::Devices]),
    (
        "Team",
        &[SettingsPart::Team, SettingsPart::People, SettingsPart::Groups, SettingsPart::Services, SettingsPart::SignIn],
    ),
    ("Record", &[SettingsPart::Audit]),
];

/// How far from the edge of the strip its current part stands, in pixels.
const STRIP_MARGIN: i32 = 16;

/// What a part is called.
pub fn title(part: SettingsPart) -> &'static str {
    match part {
        SettingsPart::Profile => "Profile",
        SettingsPart::Devices => "Devices",
        SettingsPart::Team => "Team",
        SettingsPart::People => "People",
        SettingsPart::Groups => "Groups",
        SettingsPart::Services => "Services",
        SettingsPart::SignIn => "Sign-in",
        SettingsPart::Audit => "Audit log",
    }
}

#[component]
pub fn SettingsOutline(part: Memo<SettingsPart>) -> impl IntoView {
    view! {
        <nav class="outline" aria-label="Settings">
            <h2>"Settings"</h2>
            {GROUPS
                .into_iter()
                .map(|(group, parts)| {
                    view! {
                        <div>
                            <h3>{group}</h3>
                            <ol>
                                {parts.iter().map(|own| view! { <Line own=*own part /> }.into_any()).collect_view()}
                            </ol>
                        </div>
                    }.into_any()
                })
                .collect_view()}
        </nav>
    }
    .into_any()
}

#[component]
fn Line(own: SettingsPart, part: Memo<SettingsPart>) -> impl IntoView {
    let node = NodeRef::<html::Li>::new();
    let is_current = Memo::new(move |_| part.get() == own);
    // Only the strip moves, and it moves only where it is one.
    Effect::new(move |_| {
        if is_current.get()
            && let Some(line) = node.get()
            && let Ok(Some(strip)) = line.closest(".outline")
            && let Ok(strip) = strip.dyn_into::<HtmlElement>()
        {
            strip.set_scroll_left(line.offset_left() - STRIP_MARGIN);
        }
    });
    view! {
        <li node_ref=node>
            <a href=own.path() aria-current=move || is_current.get().then_some("page")>
                {title(own)}
            </a>
        </li>
    }
    .into_any()
}
