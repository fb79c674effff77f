//! Small controls that pages and the reader share.

pub mod icon;
