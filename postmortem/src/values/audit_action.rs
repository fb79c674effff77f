//! What the audit log keeps of what people do: each action by its code and the words that a reader reads.

use crate::named::named;

named! {
    /// Something that was done. The label goes between who did it and to whom or what.
    AuditAction, "something that the audit log keeps" {
        SignedIn = "signed_in", "signed in";
        SignInRefused = "sign_in_refused", "was refused at the sign-in of";
        SignedOut = "signed_out", "signed out";
        AccountMade = "account_made", "joined the team";
        Renamed = "renamed", "took another name";
        PasswordChosen = "password_chosen", "chose a new password";
        MailProven = "mail_proven", "proved their mail address, which ended every other way into the account";
        PasskeyAdded = "passkey_added", "added the passkey";
        PasskeyRemoved = "passkey_removed", "removed the passkey";
        RoleChanged = "role_changed", "changed what somebody is in the team:";
        Suspended = "suspended", "suspended";
        Readmitted = "readmitted", "let back in";
        NameJoined = "name_joined", "joined a former name to";
        HandedOver = "handed_over", "handed everything over that was owned by";
        Invited = "invited", "invited";
        InvitationWithdrawn = "invitation_withdrawn", "withdrew an invitation";
        LinkMade = "link_made", "made a one-time link for";
        TeamChanged = "team_changed", "changed the settings of the team";
        ProviderChanged = "provider_changed", "set up the provider";
        ProviderRemoved = "provider_removed", "removed the provider";
        GroupChanged = "group_changed", "changed the group";
        GroupDeleted = "group_deleted", "deleted the group";
        TokenMade = "token_made", "made the token";
        Begun = "begun", "began a post-mortem";
        Imported = "imported", "imported a post-mortem";
        AccessChanged = "access_changed", "changed who may read and write";
        OwnerChanged = "owner_changed", "changed the owner";
        StatusChanged = "status_changed", "changed the status";
        Published = "published", "published";
        ReadersChanged = "readers_changed", "changed who can open the page";
        Withdrawn = "withdrawn", "withdrew the page";
        VersionRestored = "version_restored", "brought a version back";
        Deleted = "deleted", "deleted a post-mortem";
        LogSaved = "log_saved", "saved the audit log";
    }
}

named! {
    /// Actions that are looked for together.
    AuditTopic, "a topic of the audit log" {
        SignIns = "sign_ins", "Sign-ins";
        Rights = "rights", "Rights and roles";
        Pages = "pages", "Published and withdrawn";
        Tokens = "tokens", "Tokens";
        Postmortems = "postmortems", "Post-mortems";
        Settings = "settings", "Team and settings";
    }
}

impl AuditAction {
    /// Under what it is looked for.
    pub fn topic(self) -> AuditTopic {
        match self {
            Self::SignedIn
            | Self::SignInRefused
            | Self::SignedOut
            | Self::PasswordChosen
            | Self::MailProven
            | Self::PasskeyAdded
            | Self::PasskeyRemoved => AuditTopic::SignIns,
            Self::AccountMade
            | Self::RoleChanged
            | Self::Suspended
            | Self::Readmitted
            | Self::NameJoined
            | Self::HandedOver
            | Self::Invited
            | Self::InvitationWithdrawn
            | Self::LinkMade
            | Self::GroupChanged
            | Self::GroupDeleted
            | Self::AccessChanged
            | Self::OwnerChanged => AuditTopic::Rights,
            Self::Published | Self::ReadersChanged | Self::Withdrawn => AuditTopic::Pages,
            Self::TokenMade => AuditTopic::Tokens,
            Self::Begun | Self::Imported | Self::StatusChanged | Self::VersionRestored | Self::Deleted => {
                AuditTopic::Postmortems
            }
            Self::Renamed | Self::TeamChanged | Self::ProviderChanged | Self::ProviderRemoved | Self::LogSaved => {
                AuditTopic::Settings
            }
        }
    }
}

impl AuditTopic {
    /// The actions that are looked for under it.
    pub fn actions(self) -> impl Iterator<Item = AuditAction> {
        AuditAction::ALL.iter().copied().filter(move |action| action.topic() == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_found_under_one_topic_and_no_topic_is_empty() {
        let found: usize = AuditTopic::ALL.iter().map(|topic| topic.actions().count()).sum();
        assert_eq!(found, AuditAction::ALL.len());
        assert!(AuditTopic::ALL.iter().all(|topic| topic.actions().next().is_some()));
    }
}
