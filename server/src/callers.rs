//! Whom the server works for: addresses and people, and their shares of what many ask for at once.

mod address;
mod caller;
mod fairness;

pub use address::{Address, narrowed};
pub use caller::{Asker, Behind, Caller, behind};
pub use fairness::gives_way;
