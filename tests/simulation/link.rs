//! One socket between a page and the server, seen from both ends. Frames arrive in order or not at all; the ends may
//! disagree on whether it still stands.

use bytes::Bytes;
use server::sync::outgoing::{Outlet, Written};
use std::collections::VecDeque;

/// A socket.
#[derive(Debug)]
pub struct Link {
    pub page: usize,
    pub up: VecDeque<Bytes>,
    pub down: VecDeque<Bytes>,
    /// What waits for the socket at the server's end, as long as that is served.
    pub outlet: Option<Outlet>,
    /// What of it is being written: the next follows when the page has read that.
    pub writing: Option<Written>,
    /// Whether the page holds its end.
    pub is_held: bool,
    /// Since when nothing passes, though neither end was told.
    pub silent_since: Option<u64>,
}

impl Link {
    pub fn new(page: usize, first: Vec<Bytes>, outlet: Outlet) -> Self {
        let (up, down) = (first.into(), VecDeque::new());
        Self { page, up, down, outlet: Some(outlet), writing: None, is_held: true, silent_since: None }
    }

    /// Whether the server holds its end.
    pub fn is_served(&self) -> bool {
        self.outlet.is_some()
    }

    /// Whether it is gone at both ends.
    pub fn is_gone(&self) -> bool {
        !self.is_held && !self.is_served()
    }
}
