//! A field of a form: its label, the input, and what is wrong with it, under it.

use super::field::ErrorLine;
use leptos::html;
use leptos::prelude::*;

/// What a field of a form is, beside what is typed in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct FieldKind {
    pub id: &'static str,
    pub label: &'static str,
    /// The type of the input; empty for text.
    pub kind: &'static str,
    /// What the browser may fill in.
    pub autocomplete: &'static str,
    /// The most characters it takes; none where only the server says so.
    pub longest: Option<usize>,
    /// Whether it takes the keyboard as soon as it is there.
    pub autofocus: bool,
}

/// A field with its label. An error stands under it until something else is typed.
#[component]
pub fn FormField(
    field: FieldKind,
    value: RwSignal<String>,
    error: RwSignal<Option<String>>,
    /// Whether it only shows its value.
    #[prop(optional)]
    is_fixed: bool,
    /// A sentence under it.
    #[prop(optional)]
    hint: &'static str,
    /// The id of a datalist.
    #[prop(optional)]
    list: Option<&'static str>,
    /// What stands at the end of the field.
    #[prop(optional)]
    children: Option<Children>,
    /// The type that it has for the moment, where that changes.
    #[prop(optional)]
    kind: Option<Signal<&'static str>>,
) -> impl IntoView {
    let FieldKind { id, label, autocomplete, longest, autofocus, .. } = field;
    let usual = if field.kind.is_empty() { "text" } else { field.kind };
    let node = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        // The attribute is for pages that load: where something has the keyboard already, browsers pass over it.
        if autofocus && let Some(input) = node.get() {
            let _ = input.focus();
        }
    });
    let note = format!("{id}-note");
    let describes = note.clone();
    view! {
        <div>
            <label class="label" for=id>
                {label}
            </label>
            <div class="field" class:bad=move || error.with(Option::is_some) class:fixed=is_fixed>
                <input
                    node_ref=node
                    id=id
                    type=move || kind.map_or(usual, |kind| kind.get())
                    autocomplete=autocomplete
                    list=list
                    autocapitalize=(usual != "text").then_some("none")
                    spellcheck="false"
                    readonly=is_fixed
                    maxlength=longest.map(|longest| longest.to_string())
                    aria-invalid=move || error.with(|error| error.is_some().then_some("true"))
                    aria-describedby=move || (error.with(Option::is_some) || !hint.is_empty()).then(|| describes.clone())
                    prop:value=move || value.get()
                    on:input=move |event| {
                        value.set(event_target_value(&event));
                        if error.with_untracked(Option::is_some) {
                            error.set(None);
                        }
                    }
                />
                {children.map(|children| children())}
            </div>
            <div id=note>
                {move || match error.get() {
                    Some(sentence) => view! { <ErrorLine sentence /> }.into_any(),
                    None if hint.is_empty() => ().into_any(),
                    None => view! { <p class="hint">{hint}</p> }.into_any(),
                }}
            </div>
        </div>
    }
    .into_any()
}

/// A field for a password, which can be looked at. `autocomplete` is `current-password` or `new-password`.
#[component]
pub fn PasswordField(
    field: FieldKind,
    value: RwSignal<String>,
    error: RwSignal<Option<String>>,
    #[prop(optional)] hint: &'static str,
) -> impl IntoView {
    let is_shown = RwSignal::new(false);
    let kind = Signal::derive(move || if is_shown.get() { "text" } else { "password" });
    let field = FieldKind { kind: "password", ..field };
    view! {
        <FormField field value error hint kind>
            <button
                type="button"
                class="btn bare small"
                aria-controls=field.id
                on:click=move |_| is_shown.update(|is_shown| *is_shown = !*is_shown)
            >
                {move || if is_shown.get() { "Hide" } else { "Show" }}
                <span class="vh">" what is typed"</span>
            </button>
        </FormField>
    }
    .into_any()
}
