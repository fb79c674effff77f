//! What the client in the browser and the published page of the server are made of.

pub mod controls;
