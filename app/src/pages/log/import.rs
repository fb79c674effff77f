//! Importing incident files and changes that were carried here, chosen in a dialog of the browser or dropped anywhere on the log.

use super::start::{Start, use_start};
use crate::client::postmortems;
use crate::reader::icon::{Icon, IconName};
use js_sys::Uint8Array;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::api::Imported;
use postmortem::carried::{Carried, CarriedError, ENDING};
use postmortem::{Openness, import};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DragEvent, File, FileList, HtmlInputElement};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportProgress {
    pub name: String,
    pub done: usize,
    pub total: usize,
}

/// What became of a file.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub name: String,
    /// The post-mortem that was made of it, nothing for changes that were carried here, or why nothing came of it.
    pub result: Result<Option<Imported>, String>,
}

#[derive(Clone, Copy)]
pub struct ImportFlow {
    pub progress: RwSignal<Option<ImportProgress>>,
    /// What became of each file, where several were chosen or one did not go in.
    pub outcomes: RwSignal<Vec<Outcome>>,
    /// Who finds what is chosen next in the browser's dialog.
    chosen_for: StoredValue<Openness>,
    input: NodeRef<html::Input>,
    start: Start,
}

impl ImportFlow {
    pub fn new() -> Self {
        Self {
            progress: RwSignal::new(None),
            outcomes: RwSignal::new(Vec::new()),
            chosen_for: StoredValue::new(Openness::Team),
            input: NodeRef::new(),
            start: use_start(),
        }
    }

    /// Opens the browser's dialog; what is chosen there is for whoever finds it then.
    pub fn choose(self, access: Openness) {
        self.chosen_for.set_value(access);
        if let Some(input) = self.input.get_untracked() {
            input.click();
        }
    }

    /// Imports the files one after the other. Of one file the post-mortem opens; of several it is said what became of
    /// each.
    pub fn take(self, files: &FileList, access: Openness) {
        let files: Vec<File> = (0..files.length()).filter_map(|index| files.get(index)).collect();
        if files.is_empty() || self.progress.get_untracked().is_some() || untrack(|| self.start.lock.is_closed()) {
            return;
        }
        self.outcomes.set(Vec::new());
        spawn_local(async move {
            let total = files.len();
            let mut carried = None;
            for (done, file) in files.iter().enumerate() {
                self.progress.set(Some(ImportProgress { name: file.name(), done, total }));
                let result = if file.name().ends_with(ENDING) {
                    read_carried(file).await.map_err(|error| error.to_string()).map(|found| {
                        carried = Some(found);
                        None
                    })
                } else {
                    import_file(file, access).await.map(Some)
                };
                self.outcomes.update(|outcomes| outcomes.push(Outcome { name: file.name(), result }));
            }
            self.progress.set(None);
            let outcomes = self.outcomes.try_with_untracked(Vec::clone).unwrap_or_default();
            match (outcomes.as_slice(), carried) {
                ([Outcome { result: Ok(_), .. }], Some(carried)) => {
                    self.outcomes.set(Vec::new());
                    self.start.carry(carried);
                }
                // What was not taken over is read before the post-mortem opens.
                ([Outcome { result: Ok(Some(made)), .. }], None) if made.unknown.is_empty() => {
                    self.outcomes.set(Vec::new());
                    self.start.open(made.id.clone());
                }
                _ => {}
            }
        });
    }
}

/// The changes that a `.debrief` file carries.
pub async fn read_carried(file: &File) -> Result<Carried, CarriedError> {
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|_| CarriedError::Damaged)?;
    Carried::read(&Uint8Array::new(&buffer).to_vec())
}

async fn import_file(file: &File, access: Openness) -> Result<Imported, String> {
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|_| "The file could not be read.")?;
    let text = import::decode(&Uint8Array::new(&buffer).to_vec()).map_err(|error| error.to_string())?;
    postmortems::import(text, access).await.map_err(|error| error.to_string())
}

/// The page around which files can be dropped, with the hidden input and the state of the import.
#[component]
pub fn ImportArea(import: ImportFlow, children: Children) -> impl IntoView {
    let take_input = move |event: leptos::ev::Event| {
        let input: Option<HtmlInputElement> = event.target().and_then(|target| target.dyn_into().ok());
        if let Some(input) = input {
            if let Some(files) = input.files() {
                import.take(&files, import.chosen_for.get_value());
            }
            // The same file can be chosen again after it was mended.
            input.set_value("");
        }
    };
    let drop_files = move |event: DragEvent| {
        event.prevent_default();
        if let Some(files) = event.data_transfer().and_then(|transfer| transfer.files()) {
            import.take(&files, Openness::Team);
        }
    };
    view! {
        <div on:dragover=move |event| event.prevent_default() on:drop=drop_files>
            {children()}
            <input
                node_ref=import.input
                type="file"
                accept=".json,application/json,.debrief"
                multiple
                hidden
                aria-label="Files to import"
                on:change=take_input
            />
            <ImportState import />
        </div>
    }
    .into_any()
}

#[component]
fn ImportState(import: ImportFlow) -> impl IntoView {
    view! {
        <div class="toasts" aria-live="polite">
            {move || {
                import
                    .progress
                    .get()
                    .map(|ImportProgress { name, done, total }| {
                        view! {
                            <div class="toast">
                                <Icon name=IconName::Import />
                                <span class="grow">
                                    {format!("Importing {name}, {} of {total}", done + 1)}
                                    <progress max=total.to_string() value=done.to_string()></progress>
                                </span>
                            </div>
                        }.into_any()
                    })
            }}
            {move || {
                let outcomes = import.outcomes.get();
                let is_over = import.progress.with(Option::is_none);
                (is_over && !outcomes.is_empty()).then(|| view! { <Outcomes import outcomes /> }.into_any())
            }}
        </div>
    }
    .into_any()
}

/// What became of each file, until it is closed.
#[component]
fn Outcomes(import: ImportFlow, outcomes: Vec<Outcome>) -> impl IntoView {
    let failed = outcomes.iter().filter(|outcome| outcome.result.is_err()).count();
    let headline = match (failed, outcomes.len()) {
        (0, 1) => "1 file was imported.".to_owned(),
        (0, total) => format!("{total} files were imported."),
        (1, 1) => "Nothing was imported from this file.".to_owned(),
        (failed, total) => format!("{} of {total} files were imported.", total - failed),
    };
    let role = if failed > 0 { "alert" } else { "status" };
    let icon = if failed > 0 { IconName::Warning } else { IconName::Check };
    let lines = outcomes.into_iter().map(|Outcome { name, result }| match result {
        Ok(Some(Imported { id, unknown })) => {
            let rest = import::not_taken(&unknown).map(|sentence| format!(". {sentence}"));
            view! { <p><a href=format!("/postmortems/{id}")>{name}</a>": imported"{rest}</p> }.into_any()
        }
        Ok(None) => view! { <p>{format!("{name}: open it alone to bring its changes in.")}</p> }.into_any(),
        Err(problem) => view! { <p>{format!("{name}: {problem}")}</p> }.into_any(),
    });
    view! {
        <div class="alert" class:done=failed == 0 role=role>
            <Icon name=icon />
            <div>
                <b>{headline}</b>
                {lines.collect_view()}
                <button type="button" class="btn bare small" on:click=move |_| import.outcomes.set(Vec::new())>
                    "Close"
                </button>
            </div>
        </div>
    }
    .into_any()
}
