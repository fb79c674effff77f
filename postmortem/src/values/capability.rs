//! What a person may do, as the server says it and pages read it. Who gets which is the server's to decide.

use crate::named::named;
use serde::de::Deserializer;
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

named! {
    /// Something that a person may do or not.
    Capability, "a capability" {
        /// Open a post-mortem, with its comments, publications and versions.
        Read = "read", "read this post-mortem";
        /// Say something beside the text, and settle threads.
        Comment = "comment", "comment on this post-mortem";
        /// Change the document, and bring a version back.
        Edit = "edit", "change this post-mortem";
        /// Publish, and withdraw what is published.
        Publish = "publish", "publish this post-mortem";
        /// Delete the whole, and decide who may do what.
        Administer = "administer", "decide on this post-mortem";
        /// Begin post-mortems; of a person, whatever the post-mortem.
        Create = "create", "begin post-mortems";
        /// Keep what the whole team writes with, such as its services; of a person, whatever the post-mortem.
        Curate = "curate", "change the services of the team";
        /// Look after the team: its people, invitations and settings; of a person, whatever the post-mortem.
        Manage = "manage", "look after the team";
    }
}

/// A set of capabilities. As JSON a list of codes; those of a later release are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities(u16);

impl Capabilities {
    /// Everything that can be done with one post-mortem: what its owner may, and what a page takes for granted where an
    /// older server says nothing of it.
    pub fn of_owner() -> Self {
        use Capability::{Administer, Comment, Edit, Publish, Read};
        [Read, Comment, Edit, Publish, Administer].into_iter().collect()
    }

    /// Whether one is among them.
    pub fn contains(self, capability: Capability) -> bool {
        self.0 & bit(capability) != 0
    }

    /// Those that are in the set, in their order.
    pub fn iter(self) -> impl Iterator<Item = Capability> {
        Capability::ALL.iter().copied().filter(move |capability| self.contains(*capability))
    }
}

fn bit(capability: Capability) -> u16 {
    1 << capability as u8
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<I: IntoIterator<Item = Capability>>(capabilities: I) -> Self {
        Self(capabilities.into_iter().fold(0, |bits, capability| bits | bit(capability)))
    }
}

impl Serialize for Capabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Capabilities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let codes = Vec::<String>::deserialize(deserializer)?;
        Ok(codes.iter().filter_map(|code| code.parse().ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_a_list_of_codes_of_which_unknown_ones_are_passed_over() {
        let owner = serde_json::to_value(Capabilities::of_owner()).expect("JSON");
        assert_eq!(owner, serde_json::json!(["read", "comment", "edit", "publish", "administer"]));
        let read: Capabilities = serde_json::from_str(r#"["comment", "levitate", "read"]"#).expect("a list");
        assert_eq!(read.iter().collect::<Vec<_>>(), [Capability::Read, Capability::Comment]);
    }
}
