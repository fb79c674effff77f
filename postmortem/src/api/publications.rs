//! Bodies of publications.

use crate::{Digests, PageReaders};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How to publish; what is left away stays as it is, or is as the team has it.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct NewPublication {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readers: Option<PageReaders>,
}

/// Who can open a page from now on.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct PublicationChange {
    pub readers: PageReaders,
}

/// A body where nothing can be chosen yet: `{}`.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Nothing {}

/// The newest revision of a publication.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Published {
    /// The last part of its link.
    pub slug: String,
    /// The whole link, as whoever asked reaches the server.
    pub url: String,
    /// Its number, from 1.
    pub revision: u32,
    pub published_at: DateTime<Utc>,
    /// The name of who published it.
    pub published_by: String,
    /// Who can open it.
    pub readers: PageReaders,
    /// What was published, by which a client tells what has changed since. Only where publications are listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digests: Option<Digests>,
}

/// The publication that stands, if any.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Publications {
    pub publications: Vec<Published>,
}

/// The page as it would be published now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Preview {
    pub html: String,
    /// What readers would read and perhaps should not.
    pub leaks: Vec<Leak>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Leak {
    /// Where it stands, as the page calls the place.
    pub place: String,
    /// As it stands there.
    pub text: String,
    pub kind: LeakKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeakKind {
    /// Somebody's name, where readers get roles.
    Name,
}
