//! Writing: the text editor that is bound to the replica, its toolbar, and the text that is edited where it is read.

pub mod text_editor;
pub mod toolbar;
pub mod written;
