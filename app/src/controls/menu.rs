//! A menu under its button, made of a native `details`: it opens with Enter or Space, closes with Escape, after a
//! choice, and when the focus goes elsewhere.

use super::lock::Lock;
use crate::browser::route::Route;
use crate::reader::icon::{Icon, IconName};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDetailsElement, HtmlElement, Node};

#[derive(Clone, Copy)]
pub struct CloseMenu(Callback<()>);

impl CloseMenu {
    /// Closes it and puts the focus on its button.
    pub fn run(&self) {
        self.0.run(());
    }
}

/// A menu whose content is made when it is opened.
#[component]
pub fn Menu(
    /// The accessible name of the button.
    #[prop(into)]
    label: Signal<String>,
    #[prop(default = IconName::More)] icon: IconName,
    /// Classes of the button.
    #[prop(optional)]
    class: &'static str,
    /// What the button says beside its icon.
    #[prop(optional, into)]
    words: Option<Signal<String>>,
    /// What the button shows in the place of its icon, which a screen reader does not read.
    #[prop(optional)]
    face: Option<ViewFn>,
    children: ChildrenFn,
) -> impl IntoView {
    let name = face.is_none().then_some(label);
    let details = NodeRef::<html::Details>::new();
    let is_open = RwSignal::new(false);
    let close = move || {
        if let Some(details) = details.try_get_untracked().flatten() {
            details.set_open(false);
            focus_summary(&details);
        }
    };
    provide_context(CloseMenu(Callback::new(move |()| close())));
    let children = StoredValue::new(children);
    let leave = move |event: web_sys::FocusEvent| {
        let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        if let (Some(details), Some(next)) = (details.try_get_untracked().flatten(), next)
            && !details.contains(Some(&next))
        {
            details.set_open(false);
        }
    };
    // A click beside it, where nothing takes the focus, closes it too.
    let outside = window_event_listener(leptos::ev::pointerdown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        if let Some(details) = details.try_get_untracked().flatten()
            && details.open()
            && !target.is_some_and(|target| details.contains(Some(&target)))
        {
            details.set_open(false);
        }
    });
    on_cleanup(move || outside.remove());
    view! {
        <details
            node_ref=details
            class="drop"
            on:toggle=move |event: web_sys::Event| {
                // Told a moment later, when the menu may be gone with what it deleted: only the event is sure.
                let details = event.target().and_then(|target| target.dyn_into::<HtmlDetailsElement>().ok());
                is_open.set(details.is_some_and(|details| details.open()));
            }
            on:focusout=leave
            on:keydown=move |event| {
                if event.key() == "Escape" && is_open.get_untracked() {
                    event.stop_propagation();
                    close();
                }
            }
        >
            // What is read beside a face is in the button as text, and one cannot differ from the other.
            <summary class=class aria-label=name>
                {match face {
                    Some(face) => {
                        view! {
                            <span class="vh">{label}</span>
                            <span aria-hidden="true">{face.run()}</span>
                        }
                            .into_any()
                    }
                    None => view! { <Icon name=icon small=true /> }.into_any(),
                }}
                {words.map(|words| view! { <span>{words}</span> }.into_any())}
            </summary>
            <Show when=move || is_open.get()>
                <div class="menu">{children.with_value(|children| children())}</div>
            </Show>
        </details>
    }
    .into_any()
}

/// One thing to do in a menu.
#[component]
pub fn MenuItem(
    #[prop(into)] label: String,
    icon: IconName,
    run: Callback<()>,
    /// Whether something is lost by it.
    #[prop(optional)]
    danger: bool,
    /// What may stand in the way of it.
    #[prop(optional)]
    lock: Option<Lock>,
    /// Where it is shown at all.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let menu = use_context::<CloseMenu>();
    let press = move |_| {
        if let Some(menu) = menu {
            menu.run();
        }
        run.run(());
    };
    view! {
        <button
            type="button"
            class=class
            class:danger=danger
            disabled=move || lock.is_some_and(Lock::is_closed)
            title=move || lock.and_then(Lock::reason)
            on:click=press
        >
            <Icon name=icon />
            {label}
        </button>
    }
    .into_any()
}

/// A page to go to in a menu.
#[component]
pub fn MenuLink(#[prop(into)] label: String, icon: IconName, route: Route) -> impl IntoView {
    let menu = use_context::<CloseMenu>();
    let press = move |_| {
        if let Some(menu) = menu {
            menu.run();
        }
    };
    view! {
        <a href=route.path() on:click=press>
            <Icon name=icon />
            {label}
        </a>
    }
    .into_any()
}

fn focus_summary(details: &HtmlDetailsElement) {
    let summary = details.query_selector("summary").ok().flatten();
    if let Some(summary) = summary.and_then(|summary| summary.dyn_into::<HtmlElement>().ok()) {
        let _ = summary.focus();
    }
}
