//! Writing: the bridge to CodeMirror, the text editor that is bound to the replica, and the quick line's reading of
//! what is typed or pasted.

pub mod bridge;
pub mod quick_lines;
pub mod text_editor;
pub mod toolbar;
pub mod written;
