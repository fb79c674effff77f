//! The Rust side of `window.DebriefRelease`: whether a newer release of this page is ready, and the way to it.

use crate::browser::listener::Listener;
use crate::browser::script;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// True from when a newer release is ready.
pub fn use_release() -> RwSignal<bool> {
    let is_ready = RwSignal::new(false);
    let listener = Listener::new(&window(), "debrief-release", move |_| is_ready.set(true));
    std::mem::forget(listener);
    // It may have been found while this page was on its way.
    if call("isReady").is_some_and(|answer| answer.is_truthy()) {
        is_ready.set(true);
    }
    is_ready
}

/// Looks for a newer release: the server may have been away for one.
pub fn check() {
    // It fails only with the page.
    let _ = call("check");
}

/// Changes this page to the newer release.
pub fn reload() {
    let _ = call("reload");
}

fn call(name: &str) -> Option<JsValue> {
    script::call(&script::find("DebriefRelease")?, name, &[])
}
