//! Roles: what somebody is in the team, and what they are on one post-mortem.

use crate::capability::{Capabilities, Capability};
use crate::named::named;

named! {
    /// What a person is in the team (R98).
    TeamRole, "a role in the team" {
        /// Looks after people and settings as well.
        Admin = "admin", "Admin";
        /// Reads and writes what is open to the team.
        Member = "member", "Member";
        /// Sees only the post-mortems that name them.
        Outsider = "outsider", "Outsider";
    }
}

named! {
    /// What a person is on one post-mortem, from the least to the most that they may do.
    PostmortemRole, "a role on a post-mortem" {
        Viewer = "viewer", "Viewer";
        Commenter = "commenter", "Commenter";
        Editor = "editor", "Editor";
        /// Edits, decides who may do what, and deletes. There is one at a time.
        Owner = "owner", "Owner";
    }
}

named! {
    /// Who finds a post-mortem without being named in it.
    Openness, "an access" {
        /// Everybody of the team but its outsiders.
        Team = "team", "Open to the team";
        /// Nobody: there is no trace of it.
        Private = "private", "Private";
    }
}

named! {
    /// Who can open a published page.
    PageReaders, "who can open a page" {
        /// The link cannot be guessed, and is passed on by whoever has it.
        Link = "link", "Whoever has the link";
        /// People of the team who are signed in.
        Team = "team", "People who are signed in";
    }
}

impl TeamRole {
    /// What it lets a person do beside any post-mortem.
    pub fn capabilities(self) -> Capabilities {
        match self {
            Self::Admin => [Capability::Create, Capability::Curate, Capability::Manage].into_iter().collect(),
            Self::Member => [Capability::Create, Capability::Curate].into_iter().collect(),
            Self::Outsider => Capabilities::default(),
        }
    }
}

impl PostmortemRole {
    /// What it lets a person do with the post-mortem.
    pub fn capabilities(self) -> Capabilities {
        use Capability::{Comment, Edit, Publish, Read};
        match self {
            Self::Viewer => [Read].into_iter().collect(),
            Self::Commenter => [Read, Comment].into_iter().collect(),
            Self::Editor => [Read, Comment, Edit, Publish].into_iter().collect(),
            Self::Owner => Capabilities::of_owner(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greater_role_may_do_all_that_a_lesser_one_may() {
        for pair in PostmortemRole::ALL.windows(2) {
            let [lesser, greater] = pair else { panic!("a pair") };
            let (less, more) = (lesser.capabilities(), greater.capabilities());
            assert!(less.iter().all(|capability| more.contains(capability)), "{lesser:?} and {greater:?}");
            assert!(more.iter().count() > less.iter().count(), "{greater:?}");
        }
    }
}
