//! What the page asks: before it deletes, for a name, for a file, and which keys there are.

pub mod carry;
pub mod delete;
pub mod keys;
pub mod own_name;
