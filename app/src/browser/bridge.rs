//! The Rust side of `window.DebriefEditor`, the synchronous bridge to CodeMirror. It is looked up by name at run time,
//! so that a page whose editor script did not load says so instead of ending.

use crate::browser::clipboard;
use crate::browser::script::{self, object};
use js_sys::Array;
use postmortem::{TextChange, ThreadId};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

pub struct EditorOptions {
    pub text: String,
    /// The accessible name.
    pub label: String,
    /// What an empty editor says.
    pub placeholder: String,
    /// Whether Enter makes a new line.
    pub multiline: bool,
    /// The most UTF-16 units it takes.
    pub limit: u32,
    /// Whether nothing may be written in it.
    pub locked: bool,
}

pub struct EditorEvents {
    /// A local edit, in coordinates of the text before it.
    pub changed: Box<dyn FnMut(Vec<TextChange>)>,
    pub selected: Box<dyn FnMut()>,
    pub focused: Box<dyn FnMut()>,
    /// The keyboard goes elsewhere.
    pub blurred: Box<dyn FnMut()>,
    /// It is elsewhere, and the press that took it there is over.
    pub left: Box<dyn FnMut()>,
    pub undo: Box<dyn FnMut()>,
    pub redo: Box<dyn FnMut()>,
    /// Writing is done.
    pub submit: Box<dyn FnMut()>,
    /// Escape.
    pub cancel: Box<dyn FnMut()>,
    /// A thread was asked for by the words that it is about.
    pub passage: Box<dyn FnMut(String)>,
    /// A comment on what is selected was asked for.
    pub comment: Box<dyn FnMut()>,
    /// The tools were asked for.
    pub tools: Box<dyn FnMut()>,
    /// Something was not taken: the reason and the length that the text would have had.
    pub refused: Box<dyn FnMut(String, u32)>,
}

/// Somebody else's caret.
pub struct Caret {
    /// Tells one caret from the other.
    pub id: String,
    /// The flag.
    pub name: String,
    /// The colour.
    pub person: &'static str,
    pub anchor: u32,
    /// Where the caret is.
    pub head: u32,
}

/// Words of a text that a thread is about, or is to be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The thread; `None` for the one that is being begun.
    pub thread: Option<ThreadId>,
    /// Where the words begin, in UTF-16 units.
    pub from: u32,
    /// Where they end.
    pub to: u32,
    /// Whether its panel is open.
    pub is_open: bool,
}

/// The handle of one CodeMirror editor. Clones are the same editor.
#[derive(Clone, PartialEq)]
pub struct Editor {
    handle: JsValue,
}

/// An editor with the closures that it calls; ends with its value.
pub struct MountedEditor {
    pub editor: Editor,
    _callbacks: Callbacks,
    _addressed: Addressed,
}

/// Gives copied text the addresses of its links: the text, and the same as HTML.
type Addressed = Closure<dyn FnMut(String, String) -> String>;

impl MountedEditor {
    /// Makes an editor inside of `parent`; `None` when the bridge did not load.
    pub fn create(parent: &HtmlElement, options: EditorOptions, events: EditorEvents) -> Option<Self> {
        let bridge = script::find("DebriefEditor")?;
        let addressed = Addressed::new(|plain: String, html: String| clipboard::with_addresses(&plain, &html));
        let settings = object([
            ("text", options.text.into()),
            ("label", options.label.into()),
            ("placeholder", options.placeholder.into()),
            ("multiline", options.multiline.into()),
            ("limit", options.limit.into()),
            ("locked", options.locked.into()),
            ("nonce", nonce().into()),
            ("addressed", addressed.as_ref().clone()),
        ]);
        let (callbacks, named) = callbacks(events);
        let handle = script::call(&bridge, "create", &[parent.into(), settings, named])?;
        Some(Self { editor: Editor { handle }, _callbacks: callbacks, _addressed: addressed })
    }
}

impl Drop for MountedEditor {
    fn drop(&mut self) {
        self.editor.call("destroy", &[]);
    }
}

impl Editor {
    /// Shows a remote edit; `false` when it does not fit what is shown.
    pub fn apply(&self, changes: &[TextChange]) -> bool {
        let list: Array = changes
            .iter()
            .map(|change| Array::of3(&change.from.into(), &change.to.into(), &change.insert.as_str().into()))
            .collect();
        self.call("apply", &[list.into()]).is_some()
    }

    pub fn reset(&self, text: &str) {
        self.call("reset", &[text.into()]);
    }

    pub fn carets(&self, carets: &[Caret]) {
        let list: Array = carets
            .iter()
            .map(|caret| {
                object([
                    ("id", caret.id.as_str().into()),
                    ("name", caret.name.as_str().into()),
                    ("person", caret.person.into()),
                    ("anchor", caret.anchor.into()),
                    ("head", caret.head.into()),
                ])
            })
            .collect();
        self.call("carets", &[list.into()]);
    }

    /// Underlines what threads are about.
    pub fn passages(&self, anchors: &[Anchor]) {
        let list: Array = anchors
            .iter()
            .map(|anchor| {
                object([
                    ("id", anchor.thread.as_ref().map_or("", |id| id.as_str()).into()),
                    ("from", anchor.from.into()),
                    ("to", anchor.to.into()),
                    ("open", anchor.is_open.into()),
                ])
            })
            .collect();
        self.call("passages", &[list.into()]);
    }

    /// Shows words that a search found, and brings them into sight; none when they are empty.
    pub fn found(&self, from: u32, to: u32) {
        self.call("found", &[from.into(), to.into()]);
    }

    /// Lets nothing be written, or lets it again.
    pub fn lock(&self, is_locked: bool) {
        self.call("lock", &[is_locked.into()]);
    }

    /// Formats what is selected, by the name of the format.
    pub fn format(&self, name: &str) {
        self.call("format", &[name.into()]);
    }

    /// Where the line of an offset is in the window, in pixels.
    pub fn line_top(&self, offset: u32) -> f64 {
        self.call("top", &[offset.into()]).and_then(|top| top.as_f64()).unwrap_or(0.0)
    }

    pub fn focus(&self) {
        self.call("focus", &[]);
    }

    pub fn select_end(&self) {
        let end = self.call("length", &[]).unwrap_or_else(|| 0.into());
        self.call("select", &[end.clone(), end]);
    }

    /// Anchor and head of the selection, in UTF-16 units.
    pub fn selection(&self) -> (u32, u32) {
        let pair: Option<Array> = self.call("selection", &[]).and_then(|pair| pair.dyn_into().ok());
        let offset = |index| pair.as_ref().and_then(|pair| pair.get(index).as_f64()).unwrap_or(0.0) as u32;
        (offset(0), offset(1))
    }

    fn call(&self, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
        script::call(&self.handle, name, arguments)
    }
}

type BridgeCallback = Closure<dyn FnMut(JsValue, JsValue)>;

type Callbacks = Vec<BridgeCallback>;

fn callbacks(events: EditorEvents) -> (Callbacks, JsValue) {
    let EditorEvents { mut changed, mut selected, mut focused, mut blurred, .. } = events;
    let EditorEvents { mut undo, mut redo, mut submit, mut cancel, mut refused, .. } = events;
    let EditorEvents { mut passage, mut comment, mut tools, mut left, .. } = events;
    let named: Vec<(&str, BridgeCallback)> = vec![
        ("changed", Closure::new(move |changes: JsValue, _| changed(read_changes(&changes)))),
        ("selected", Closure::new(move |_, _| selected())),
        ("focused", Closure::new(move |_, _| focused())),
        ("blurred", Closure::new(move |_, _| blurred())),
        ("left", Closure::new(move |_, _| left())),
        ("undo", Closure::new(move |_, _| undo())),
        ("redo", Closure::new(move |_, _| redo())),
        ("submit", Closure::new(move |_, _| submit())),
        ("cancel", Closure::new(move |_, _| cancel())),
        ("passage", Closure::new(move |id: JsValue, _| passage(id.as_string().unwrap_or_default()))),
        ("comment", Closure::new(move |_, _| comment())),
        ("tools", Closure::new(move |_, _| tools())),
        (
            "refused",
            Closure::new(move |reason: JsValue, length: JsValue| {
                refused(reason.as_string().unwrap_or_default(), length.as_f64().unwrap_or(0.0) as u32);
            }),
        ),
    ];
    let list = object(named.iter().map(|(name, closure)| (*name, closure.as_ref().clone())));
    (named.into_iter().map(|(_, closure)| closure).collect(), list)
}

fn read_changes(changes: &JsValue) -> Vec<TextChange> {
    Array::from(changes)
        .iter()
        .map(|change| {
            let change = Array::from(&change);
            let offset = |index| change.get(index).as_f64().unwrap_or(0.0) as u32;
            TextChange { from: offset(0), to: offset(1), insert: change.get(2).as_string().unwrap_or_default() }
        })
        .collect()
}

/// The nonce of this response, which allows the style element that CodeMirror makes.
pub fn nonce() -> String {
    let script = leptos::prelude::document().query_selector("script[nonce]").ok().flatten();
    script.and_then(|script| script.dyn_into::<HtmlElement>().ok()).map(|script| script.nonce()).unwrap_or_default()
}
