//! The Rust side of `window.DebriefShelf`: what this browser keeps of the post-mortems that were opened in it. It is
//! looked up by name at run time, so that a browser without storage only loses what needs it.

use crate::browser::script::{self, object};
use crate::sync::{Afresh, FoldedCopy, Found, KeptFile, PendingComment, Row, RowKey, StorageState};
use js_sys::{Array, Promise, Reflect, Uint8Array};
use postmortem::id::CommentId;
use postmortem::{Event, Generation, Part, PostmortemId, Receipt, UserId};
use std::collections::BTreeSet;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// What the storage tells of by itself.
pub enum CopyEvent {
    /// Another tab made edits while it was cut off: the update, their number, and the row where they are kept.
    Edited(Vec<u8>, usize, Option<RowKey>),
    /// Another tab has thrown away a copy that the server does not take.
    Replaced,
    /// What was handed over is kept, or cannot be.
    Stands,
    /// What was kept may be gone, comments that wait among it.
    Doubted,
}

/// The copy of one post-mortem in the storage.
pub struct StoredCopy {
    handle: JsValue,
    _tell: Closure<dyn FnMut(JsValue, JsValue, JsValue, JsValue)>,
}

impl StoredCopy {
    /// Opens the copy of a post-mortem; `None` where the browser gives no storage.
    pub async fn open(id: &PostmortemId, mut tell: impl FnMut(CopyEvent) + 'static) -> Option<(Self, Found)> {
        let closure = Closure::new(move |kind: JsValue, first: JsValue, second: JsValue, third: JsValue| {
            match kind.as_string().as_deref() {
                Some("edit") => {
                    let row = third.as_string().map(RowKey);
                    tell(CopyEvent::Edited(bytes(&first), number(&second) as usize, row));
                }
                Some("afresh") => tell(CopyEvent::Replaced),
                Some("doubt") => tell(CopyEvent::Doubted),
                _ => tell(CopyEvent::Stands),
            }
        });
        let listener: &JsValue = closure.as_ref();
        let handle = ask("open", &[id.as_str().into(), listener.clone()]).await?;
        let found = Found {
            updates: list(&handle, "updates").iter().map(|update| bytes(&update)).collect(),
            rows: number(&field(&handle, "rows")) as usize,
            edits: number(&field(&handle, "edits")) as usize,
            parts: list(&handle, "parts")
                .iter()
                .map(|parts| known_parts(&parts))
                .collect::<Option<Vec<_>>>()
                .map(|parts| parts.into_iter().flatten().collect()),
            generation: field(&handle, "generation").as_f64().map(|number| Generation(number as u32)),
            greeting: field(&handle, "greeting")
                .as_string()
                .and_then(|json| serde_json::from_str(&json).ok())
                .unwrap_or_default(),
            kept: list(&handle, "kept").iter().map(|file| kept_file(&file)).collect(),
        };
        Some((Self { handle, _tell: closure }, found))
    }

    /// Keeps updates in a row.
    pub fn append(&self, row: &Row) {
        let updates = row.updates.iter().map(|update| JsValue::from(Uint8Array::from(update.as_slice())));
        let updates: Array = updates.collect();
        let shared = row.shared.as_deref().map_or(JsValue::UNDEFINED, |update| Uint8Array::from(update).into());
        let edits = (row.edits as u32).into();
        let parts = parts_value((row.edits > 0).then_some(&row.parts));
        self.call("add", &[generation_value(row.generation), updates.into(), edits, parts, shared]);
    }

    /// The row of another tab, whose edits this page has applied.
    pub fn hold(&self, row: &RowKey) {
        self.call("hold", &[row.0.as_str().into()]);
    }

    /// Keeps the whole document in the place of what this page has kept of it, with its line in the log as JSON.
    pub fn fold(&self, fold: &FoldedCopy, line: &str) {
        let fields = object([
            ("generation", generation_value(fold.generation)),
            ("greeting", serde_json::to_string(&fold.greeting).unwrap_or_default().into()),
            ("summary", line.into()),
        ]);
        let update = Uint8Array::from(fold.update.as_slice());
        let parts = parts_value(fold.parts.as_ref().filter(|_| fold.edits > 0));
        self.call("fold", &[fields, update.into(), (fold.edits as u32).into(), parts, fold.is_saved.into()]);
    }

    /// Forgets the copy, once what only it held is a file; that file's place.
    pub fn start_afresh(&self, afresh: &Afresh, done: impl FnOnce(Option<u32>) + 'static) {
        let file = afresh.file.as_ref().map_or(JsValue::UNDEFINED, file_value);
        let comments: Array = afresh.comments.iter().map(|id| JsValue::from(id.as_str())).collect();
        let promise = self.call("startAfresh", &[file, comments.into(), afresh.tells.into(), afresh.is_gone.into()]);
        spawn_local(async move {
            let key = match promise {
                Some(promise) => JsFuture::from(promise).await.ok(),
                None => None,
            };
            done(key.and_then(|key| key.as_f64()).map(|key| key as u32));
        });
    }

    /// Throws a file away that its person has.
    pub fn forget_file(&self, key: u32) {
        self.call("forget", &[key.into()]);
    }

    /// What becomes of what was handed over.
    pub fn state(&self) -> StorageState {
        StorageState {
            pending: number(&field(&self.handle, "pending")) as usize,
            has_failed: field(&self.handle, "failed").is_truthy(),
            is_folding: field(&self.handle, "isFolding").is_truthy(),
        }
    }

    fn call(&self, name: &str, arguments: &[JsValue]) -> Option<Promise> {
        script::call(&self.handle, name, arguments)?.dyn_into().ok()
    }
}

impl Drop for StoredCopy {
    fn drop(&mut self) {
        self.call("close", &[]);
    }
}

/// A post-mortem that was opened in this browser.
pub struct Visited {
    /// Which.
    pub id: PostmortemId,
    /// Its line in the log, as JSON.
    pub summary: String,
    /// Whether something of it is still to be sent.
    pub is_waiting: bool,
    /// Whom the server greeted last at this copy.
    pub of: Option<UserId>,
    /// What that person could read it by.
    pub receipt: Option<Receipt>,
}

/// Whom a greeting names, and what it gave them.
fn greeted(greeting: &str) -> Option<(UserId, Option<Receipt>)> {
    let events: Vec<Event> = serde_json::from_str(greeting).ok()?;
    let welcome = |event| if let Event::Welcome { you, receipt, .. } = event { Some((you.id, receipt)) } else { None };
    events.into_iter().find_map(welcome)
}

/// Every post-mortem that was opened in this browser.
pub async fn visited() -> Vec<Visited> {
    let found = ask("visited", &[]).await.map(|found| Array::from(&found)).unwrap_or_default();
    found
        .iter()
        .filter_map(|one| {
            let one = Array::from(&one);
            let id = one.get(0).as_string()?.parse().ok()?;
            let (of, receipt) = greeted(&one.get(3).as_string().unwrap_or_default()).unzip();
            Some(Visited {
                id,
                summary: one.get(1).as_string().unwrap_or_default(),
                is_waiting: one.get(2).is_truthy(),
                of,
                receipt: receipt.flatten(),
            })
        })
        .collect()
}

/// Forgets the copy of a post-mortem of which nothing waits to be sent.
pub async fn forget(postmortem: &PostmortemId) {
    ask("forget", &[postmortem.as_str().into()]).await;
}

/// The comments of a post-mortem that wait to be sent, in the order in which they were written.
pub async fn comments(postmortem: &PostmortemId) -> Vec<PendingComment> {
    let found = ask("comments", &[postmortem.as_str().into()]).await.map(|found| Array::from(&found));
    let found = found.unwrap_or_default();
    found.iter().filter_map(|json| serde_json::from_str(&json.as_string()?).ok()).collect()
}

/// Keeps a comment until it is sent; whether it could be kept.
pub async fn keep_comment(postmortem: &PostmortemId, comment: &PendingComment) -> bool {
    let json = serde_json::to_string(comment).unwrap_or_default();
    ask("keepComment", &[postmortem.as_str().into(), comment.id.as_str().into(), json.into()]).await.is_some()
}

/// A comment need not be sent any more.
pub async fn drop_comment(id: &CommentId) {
    ask("dropComment", &[id.as_str().into()]).await;
}

/// Keeps text until its person has it. It answers with the file's place, or with none.
pub async fn keep_file(postmortem: &PostmortemId, file: KeptFile) -> KeptFile {
    let key = ask("keepFile", &[postmortem.as_str().into(), file_value(&file)]).await;
    KeptFile { key: key.and_then(|key| key.as_f64()).map(|key| key as u32), ..file }
}

/// Hands a file to the person.
pub fn download(name: &str, content: &[u8]) {
    if let Some(shelf) = shelf() {
        script::call(&shelf, "download", &[name.into(), Uint8Array::from(content).into()]);
    }
}

fn shelf() -> Option<JsValue> {
    script::find("DebriefShelf")
}

/// Calls one of the script's functions and waits for its answer; `None` when there is no storage.
async fn ask(name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let promise: Promise = script::call(&shelf()?, name, arguments)?.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()
}

fn field(owner: &JsValue, name: &str) -> JsValue {
    Reflect::get(owner, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn list(owner: &JsValue, name: &str) -> Array {
    Array::from(&field(owner, name))
}

fn number(value: &JsValue) -> f64 {
    value.as_f64().unwrap_or(0.0)
}

fn bytes(value: &JsValue) -> Vec<u8> {
    value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec).unwrap_or_default()
}

fn generation_value(generation: Option<Generation>) -> JsValue {
    generation.map_or(JsValue::UNDEFINED, |generation| generation.0.into())
}

/// What the edits of a row are of, as JSON; nothing where nobody knows.
fn parts_value(parts: Option<&BTreeSet<Part>>) -> JsValue {
    parts.and_then(|parts| serde_json::to_string(parts).ok()).map_or(JsValue::UNDEFINED, JsValue::from)
}

fn known_parts(parts: &JsValue) -> Option<BTreeSet<Part>> {
    serde_json::from_str(&parts.as_string()?).ok()
}

fn file_value(file: &KeptFile) -> JsValue {
    object([
        ("name", file.name.as_str().into()),
        ("reason", file.reason.as_str().into()),
        ("text", file.text.as_str().into()),
    ])
}

fn kept_file(file: &JsValue) -> KeptFile {
    let file = Array::from(file);
    let text = |index| file.get(index).as_string().unwrap_or_default();
    KeptFile { key: file.get(0).as_f64().map(|key| key as u32), name: text(1), reason: text(2), text: text(3) }
}
