//! Scripts of ours in the page, looked up by name at run time, so that one that did not load only costs what needs it.

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The script that is `window`'s by this name.
pub fn find(name: &str) -> Option<JsValue> {
    Reflect::get(&js_sys::global(), &name.into()).ok().filter(JsValue::is_object)
}

/// Calls a method by its name; `None` where there is none, or it throws.
pub fn call(owner: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = Reflect::get(owner, &name.into()).ok()?.dyn_into().ok()?;
    method.apply(owner, &arguments.iter().collect::<Array>()).ok()
}

pub fn object<'a>(fields: impl IntoIterator<Item = (&'a str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Setting a field of a plain object cannot fail.
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}
