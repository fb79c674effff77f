//! Importing incident files and changes that were carried here, chosen in a dialog of the browser or dropped anywhere on the log.

use super::start::{Start, use_start};
use crate::client::postmortems;
use crate::controls::icon::{Icon, IconName};
use js_sys::Uint8Array;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use postmortem::PostmortemId;
use postmortem::carried::{Carried, CarriedError, ENDING};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DragEvent, File, FileList, HtmlInputElement};

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The file that is read now.
    pub name: String,
    /// How many are done.
    pub done: usize,
    /// How many there are.
    pub total: usize,
}

/// The import of a page.
#[derive(Clone, Copy)]
pub struct Import {
    /// How far it is, while it runs.
    pub progress: RwSignal<Option<Progress>>,
    /// What did not work, a sentence a file.
    pub problems: RwSignal<Vec<String>>,
    input: NodeRef<html::Input>,
    start: Start,
}

impl Import {
    /// Nothing under way.
    pub fn new() -> Self {
        Self {
            progress: RwSignal::new(None),
            problems: RwSignal::new(Vec::new()),
            input: NodeRef::new(),
            start: use_start(),
        }
    }

    /// Lets the person choose files.
    pub fn choose(self) {
        if let Some(input) = self.input.get_untracked() {
            input.click();
        }
    }

    /// Imports the files one after the other and goes to the last one that came in.
    pub fn take(self, files: &FileList) {
        let files: Vec<File> = (0..files.length()).filter_map(|index| files.get(index)).collect();
        if files.is_empty() || self.progress.get_untracked().is_some() {
            return;
        }
        self.problems.set(Vec::new());
        spawn_local(async move {
            let total = files.len();
            let (mut imported, mut carried) = (None, None);
            for (done, file) in files.iter().enumerate() {
                self.progress.set(Some(Progress { name: file.name(), done, total }));
                if file.name().ends_with(ENDING) {
                    match read_carried(file).await {
                        Ok(found) => carried = Some(found),
                        Err(problem) => self.fail(file, &problem.to_string()),
                    }
                    continue;
                }
                match import_file(file).await {
                    Ok(id) => imported = Some(id),
                    Err(problem) => self.fail(file, &problem),
                }
            }
            self.progress.set(None);
            let is_clean = self.problems.try_with_untracked(Vec::is_empty).unwrap_or(false);
            match (imported, carried) {
                (_, Some(carried)) if is_clean => self.start.carry(carried),
                (Some(id), None) if is_clean => self.start.open(id),
                _ => {}
            }
        });
    }

    fn fail(self, file: &File, problem: &str) {
        self.problems.update(|problems| problems.push(format!("{}: {problem}", file.name())));
    }
}

/// The changes that a `.debrief` file carries.
pub async fn read_carried(file: &File) -> Result<Carried, CarriedError> {
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|_| CarriedError::Damaged)?;
    Carried::read(&Uint8Array::new(&buffer).to_vec())
}

async fn import_file(file: &File) -> Result<PostmortemId, String> {
    let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
    let text = text.ok_or("The file could not be read.")?;
    postmortems::import(text).await.map_err(|error| error.to_string())
}

/// The page around which files can be dropped, with the hidden input and the state of the import.
#[component]
pub fn ImportArea(import: Import, children: Children) -> impl IntoView {
    let take_input = move |event: leptos::ev::Event| {
        let input: Option<HtmlInputElement> = event.target().and_then(|target| target.dyn_into().ok());
        if let Some(input) = input {
            if let Some(files) = input.files() {
                import.take(&files);
            }
            // The same file can be chosen again after it was mended.
            input.set_value("");
        }
    };
    let drop_files = move |event: DragEvent| {
        event.prevent_default();
        if let Some(files) = event.data_transfer().and_then(|transfer| transfer.files()) {
            import.take(&files);
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
fn ImportState(import: Import) -> impl IntoView {
    view! {
        <div class="toasts" aria-live="polite">
            {move || {
                import
                    .progress
                    .get()
                    .map(|Progress { name, done, total }| {
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
                let problems = import.problems.get();
                (!problems.is_empty())
                    .then(|| {
                        view! {
                            <div class="alert" role="alert">
                                <Icon name=IconName::Warning />
                                <div>
                                    <b>"Nothing was imported from this file."</b>
                                    {problems.into_iter().map(|problem| view! { <p>{problem}</p> }.into_any()).collect_view()}
                                    <button
                                        type="button"
                                        class="btn bare small"
                                        on:click=move |_| import.problems.set(Vec::new())
                                    >
                                        "Close"
                                    </button>
                                </div>
                            </div>
                        }.into_any()
                    })
            }}
        </div>
    }.into_any()
}
