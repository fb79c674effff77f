//! What is answered over HTTP: a noun a file of routes, what they take from a request, and the client's own files.

pub mod assets;
pub mod request;
pub mod routes;
