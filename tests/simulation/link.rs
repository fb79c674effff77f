//! One socket between a page and the server, seen from both ends. Frames arrive in order or not at all; the ends may
//! disagree on whether it still stands.

use bytes::Bytes;
use std::collections::VecDeque;

/// A frame on its way to a page.
#[derive(Debug)]
pub struct Down {
    pub frame: Bytes,
    /// Whether it concerns everyone, so that it may be kept from a slow reader.
    pub is_broadcast: bool,
}

/// A socket.
#[derive(Debug)]
pub struct Link {
    pub page: usize,
    pub up: VecDeque<Bytes>,
    pub down: VecDeque<Down>,
    /// Whether the room tells it nothing more until it has read what waits.
    pub is_behind: bool,
    /// Whether the page holds its end.
    pub is_held: bool,
    /// Whether the room holds its end.
    pub is_served: bool,
    /// Since when nothing passes, though neither end was told.
    pub silent_since: Option<u64>,
}

impl Link {
    pub fn new(page: usize, first: Vec<Bytes>) -> Self {
        let (up, down) = (first.into(), VecDeque::new());
        Self { page, up, down, is_behind: false, is_held: true, is_served: true, silent_since: None }
    }

    /// Bytes that wait for the page.
    pub fn waiting(&self) -> usize {
        self.down.iter().map(|down| down.frame.len()).sum()
    }

    /// Whether it is gone at both ends.
    pub fn is_gone(&self) -> bool {
        !self.is_held && !self.is_served
    }
}
