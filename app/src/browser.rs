//! What the browser is: clock, address, theme, storage, release, events, and the bridge to CodeMirror.

pub mod bridge;
pub mod clipboard;
pub mod clock;
pub mod listener;
pub mod passkeys;
pub mod release;
pub mod route;
pub mod script;
pub mod storage;
pub mod theme;
