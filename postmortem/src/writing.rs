//! What people type, paste and import, read as edits: quick entries, lists and chats, moments, files.

pub mod import;
pub mod moment;
pub mod quick_entry;
pub mod quick_lines;
pub mod timeline_text;
