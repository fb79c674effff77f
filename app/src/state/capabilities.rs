//! What this browser's person may do, as the server said last. Only what the server says changes it; every control that
//! edits, comments, publishes, deletes or begins something asks here.

use crate::controls::lock::Lock;
use leptos::prelude::*;
use postmortem::{Capabilities, Capability};

/// What somebody may do with a post-mortem, or with the server as a whole.
#[derive(Debug, Clone, Copy)]
pub struct CapabilitySignals(RwSignal<Capabilities>);

impl CapabilitySignals {
    /// Of a post-mortem, as long as the server has said nothing.
    pub fn of_postmortem() -> Self {
        Self(RwSignal::new(Capabilities::of_owner()))
    }

    /// Beside all post-mortems, as long as the server has said nothing.
    pub fn of_server() -> Self {
        Self(RwSignal::new([Capability::Create].into_iter().collect()))
    }

    /// Takes over what the server says.
    pub(in crate::state) fn set(&self, capabilities: Capabilities) {
        if self.0.with_untracked(|known| *known != capabilities) {
            self.0.set(capabilities);
        }
    }

    /// Whether something may be done.
    pub fn may(&self, capability: Capability) -> bool {
        self.0.with(|known| known.contains(capability))
    }

    /// What stands in the way of it.
    pub fn lock(&self, capability: Capability) -> Lock {
        let own = *self;
        Lock::new(Signal::derive(move || (!own.may(capability)).then(|| reason(capability))))
    }
}

/// What this browser's person may do beside any post-mortem, from any component.
pub fn use_server_capabilities() -> CapabilitySignals {
    use_context().unwrap_or_else(CapabilitySignals::of_server)
}

fn reason(capability: Capability) -> String {
    format!("You may not {}.", capability.label())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_is_locked_with_the_reason_as_soon_as_the_server_says_so() {
        let owner = Owner::new();
        owner.with(|| {
            let capabilities = CapabilitySignals::of_postmortem();
            let (edit, comment) = (capabilities.lock(Capability::Edit), capabilities.lock(Capability::Comment));
            assert!(!edit.is_closed() && !comment.is_closed(), "an older server says nothing");
            capabilities.set([Capability::Read, Capability::Comment].into_iter().collect());
            assert_eq!(edit.reason().as_deref(), Some("You may not change this post-mortem."));
            assert!(!comment.is_closed());
        });
    }
}
