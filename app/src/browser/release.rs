//! The Rust side of `window.DebriefRelease`: whether a newer release of this page is ready, and the way to it.

use crate::browser::listener::Listener;
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// True from when a newer release is ready.
pub fn use_release() -> RwSignal<bool> {
    let is_ready = RwSignal::new(false);
    let listener = Listener::new(&window(), "debrief-release", move |_| is_ready.set(true));
    std::mem::forget(listener);
    is_ready
}

/// Looks for a newer release: the server may have been away for one.
pub fn check() {
    call("check");
}

/// Changes this page to the newer release.
pub fn reload() {
    call("reload");
}

fn call(name: &str) {
    let script = Reflect::get(&js_sys::global(), &"DebriefRelease".into()).unwrap_or_default();
    let method: Option<Function> = Reflect::get(&script, &name.into()).ok().and_then(|method| method.dyn_into().ok());
    if let Some(method) = method {
        // It answers nothing, and fails only with the page.
        let _ = method.call0(&script);
    }
}
