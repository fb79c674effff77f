//! A native modal dialog that exists only while it is open: focus goes to its heading and back to where it was.

use crate::reader::icon::{Icon, IconName};
use leptos::html;
use leptos::prelude::*;

/// A dialog with a heading, a body and a foot. It closes by its button, by Escape, or when `open` becomes false.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    /// Words beside the heading.
    #[prop(optional, into)]
    remark: MaybeProp<String>,
    /// `ask` for a question or a form, `pub` for the wide one.
    #[prop(default = "ask")]
    class: &'static str,
    /// Whether it can only be answered, not closed.
    #[prop(optional)]
    required: bool,
    /// What stands between heading and end, made anew for each opening.
    children: ChildrenFn,
) -> impl IntoView {
    let children = StoredValue::new(children);
    view! {
        <Show when=move || open.get()>
            <OpenDialog open title remark class required children=children />
        </Show>
    }
    .into_any()
}

#[component]
fn OpenDialog(
    open: RwSignal<bool>,
    title: Signal<String>,
    remark: MaybeProp<String>,
    class: &'static str,
    required: bool,
    children: StoredValue<ChildrenFn>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let heading = NodeRef::<html::H2>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            // Fails only for a dialog that is not in the page.
            let _ = dialog.show_modal();
            let focused = document().active_element();
            let is_inside =
                focused.is_some_and(|element| dialog.contains(Some(&element)) && element.tag_name() == "INPUT");
            if let Some(heading) = heading.get()
                && !is_inside
            {
                let _ = heading.focus();
            }
        }
    });
    // Whatever ends the dialog: closed while it is in the page, it gives the focus back to where it was.
    on_cleanup(move || {
        if let Some(dialog) = dialog.try_get_untracked().flatten()
            && dialog.open()
        {
            dialog.close();
        }
    });
    let close = move || {
        // The event of closing takes the dialog out of the page, after the browser has given the focus back.
        match dialog.get_untracked() {
            Some(dialog) => dialog.close(),
            None => open.set(false),
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class=class
            // Not by the heading's id: one dialog may ask over another.
            aria-label=move || title.get()
            on:close=move |_| open.set(false)
            on:cancel=move |event: web_sys::Event| {
                if required {
                    event.prevent_default();
                }
            }
        >
            <header>
                <h2 node_ref=heading id="dialog-title" tabindex="-1">
                    {move || title.get()}
                </h2>
                {move || remark.get().map(|remark| view! { <span class="q hide-s">{remark}</span> }.into_any())}
                <span class="grow"></span>
                {(!required)
                    .then(|| {
                        view! {
                            <button type="button" class="btn bare icon" aria-label="Close" on:click=move |_| close()>
                                <Icon name=IconName::Close />
                            </button>
                        }.into_any()
                    })}
            </header>
            {children.with_value(|children| children())}
        </dialog>
    }
    .into_any()
}
