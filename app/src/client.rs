//! All network of the client: requests to the API and the socket of the open post-mortem. Nothing else in `app` talks
//! to the server.

pub mod audit;
pub mod comments;
pub mod connection;
pub mod feed;
pub mod groups;
pub mod http;
pub mod passkeys;
pub mod people;
pub mod person;
pub mod postmortems;
pub mod providers;
pub mod publications;
pub mod services;
pub mod sessions;
pub mod socket;
pub mod versions;

pub use connection::Connection;
pub use http::RequestError;
