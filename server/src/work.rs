//! What is worked out for whoever asks: creations, publications, versions, exports, and where and when that is done.

pub mod background;
pub mod creation;
pub mod examples;
pub mod export;
pub mod heads;
pub mod joining;
pub mod publication;
pub mod together;
pub mod version;
pub mod visit;
pub mod workshop;
