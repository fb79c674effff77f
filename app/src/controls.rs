//! Small controls that pages and the reader share.

pub mod icon;

#[cfg(feature = "csr")]
pub mod avatar;
#[cfg(feature = "csr")]
pub mod brand;
#[cfg(feature = "csr")]
pub mod choice;
#[cfg(feature = "csr")]
pub mod copy_button;
#[cfg(feature = "csr")]
pub mod dialog;
#[cfg(feature = "csr")]
pub mod edit_in_place;
#[cfg(feature = "csr")]
pub mod field;
#[cfg(feature = "csr")]
pub mod focus;
#[cfg(feature = "csr")]
pub mod link_field;
#[cfg(feature = "csr")]
pub mod list;
#[cfg(feature = "csr")]
pub mod menu;
#[cfg(feature = "csr")]
pub mod notices;
#[cfg(feature = "csr")]
pub mod panel;
#[cfg(feature = "csr")]
pub mod shortcuts;
#[cfg(feature = "csr")]
pub mod steady_list;
#[cfg(feature = "csr")]
pub mod theme_button;
#[cfg(feature = "csr")]
pub mod time_field;
