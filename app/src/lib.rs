//! What the client in the browser and the published page of the server are made of.

#[cfg(feature = "csr")]
pub mod browser;
#[cfg(feature = "csr")]
pub mod client;
#[cfg(feature = "csr")]
pub mod controls;
#[cfg(feature = "csr")]
pub mod editor;
#[cfg(feature = "csr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod published;
pub mod reader;
#[cfg(feature = "csr")]
pub mod state;
pub mod sync;
