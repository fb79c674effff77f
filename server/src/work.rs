//! What is worked out for whoever asks: how people come in, creations, publications, versions, exports, and where and when
//! that is done.

pub mod access_changes;
pub mod background;
pub mod creation;
pub mod entry_rules;
pub mod examples;
pub mod export;
pub mod heads;
pub mod joining;
pub mod passkeys;
pub mod provider_setup;
pub mod publication;
pub mod sign_on;
pub mod together;
pub mod version;
pub mod who_is_where;
pub mod workshop;
