//! The contract between the server and its clients beside the document: what requests and answers of the JSON API hold, the
//! codes of its errors, and the codes with which sockets close. Said once; both sides read and write these types.

mod access;
mod audit;
mod comments;
mod error;
mod feed;
mod groups;
mod heads;
mod passkeys;
mod people;
mod postmortems;
mod providers;
mod publications;
mod services;
mod sessions;
mod sign_in;
mod summary;
mod versions;

pub mod close_code;

pub use access::{AccessChange, AccessShown, NamedGroupRole, NamedRole, PostmortemGroup, PostmortemMember};
pub use audit::{AuditActor, AuditEntry, AuditLog, AuditedPostmortem};
pub use comments::{ChangedComment, NewComment, SaidComment, ThreadFound, ThreadsPage};
pub use error::{ErrorBody, ErrorCode, ErrorDetail};
pub use feed::FeedMessage;
pub use groups::{GroupChange, Groups, NewGroup, TeamGroup};
pub use heads::{OwnerChange, StatusChange};
pub use passkeys::{NewPasskey, NewPasskeyAttempt, Passkey, PasskeyAttempt, PasskeyChange, PasskeyProof, Passkeys};
pub use people::{
    Door, Invitation, Invitations, LinkKind, LinkShown, LinkToken, MadeInvitation, MadeLink, NameJoined,
    NameWithoutAccount, NewAccount, NewInvitation, NewOwner, People, TeamMember, TeamMemberChange, TeamSettings,
};
pub use postmortems::{Created, Example, Examples, Imported, IncidentLog, NamedExample, NewPostmortem};
pub use providers::{
    ClaimRole, EntryRules, NewProvider, Provider, ProviderDraft, ProviderFound, ProviderQuestion, Providers, RoleClaim,
};
pub use publications::{Leak, LeakKind, NewPublication, Nothing, Preview, PublicationChange, Publications, Published};
pub use services::{Service, ServiceDraft, ServiceOwner, ServiceOwnerId, Services};
pub use sessions::{Device, Devices, NewSession, PasswordChange, ProfileChange, SignedIn};
pub use sign_in::{ProviderDoor, SignInProblem};
pub use summary::{LogRow, Summary};
pub use versions::{NewRestoration, Restoration, VersionShown, Versions};
