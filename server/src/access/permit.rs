//! Permits: that somebody may do something, as a value that only a request makes. Every handler takes one, and has the
//! post-mortem and the person from nowhere else. What somebody may do is found here, for each request anew.

use super::grounds::{Grounds, Needed};
use super::metrics::check_metrics_reader;
use super::session::Visitor;
use crate::Debrief;
use crate::callers::{Address, Asker};
use crate::error::ApiError;
use crate::store::accounts::Account;
use crate::store::sessions::Credential;
use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts, RawPathParams};
use axum::http::request::Parts;
use postmortem::{Capabilities, Capability, Participant, Person, PostmortemId, Receipt, SessionId};
use std::net::SocketAddr;

/// Something that can be asked of the server, as a type.
pub trait Action: Send + Sync + 'static {
    /// What a permit for it holds.
    type Held: Send + Sync;

    /// Holds a request against what whoever makes it may do.
    fn grant(parts: &mut Parts, debrief: &Debrief) -> impl Future<Output = Result<Self::Held, ApiError>> + Send;
}

/// That whoever asks may do something, and on what and as whom.
#[derive(Debug)]
pub struct Permit<A: Action>(A::Held);

impl<A: Action> FromRequestParts<Debrief> for Permit<A> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, debrief: &Debrief) -> Result<Self, ApiError> {
        A::grant(parts, debrief).await.map(Self)
    }
}

/// What is there for everybody: the client, published pages, whether the server lives.
#[derive(Debug)]
pub struct Public;

/// To read the server's measurements.
#[derive(Debug)]
pub struct ToMeasure;

/// To come in: to sign in, to open a link, to ask who one is. Whoever comes may be nobody yet.
#[derive(Debug)]
pub struct ToEnter;

/// What everybody may who is signed in, beside any post-mortem: to see the log of what they find, to look after themselves.
#[derive(Debug)]
pub struct ToVisit;

/// To begin a post-mortem.
#[derive(Debug)]
pub struct ToCreate;

/// To keep what the whole team writes with.
#[derive(Debug)]
pub struct ToCurate;

/// To look after the team.
#[derive(Debug)]
pub struct ToManage;

/// To see a post-mortem with everything that belongs to it.
#[derive(Debug)]
pub struct ToRead;

/// To say something beside it.
#[derive(Debug)]
pub struct ToComment;

/// To change its document.
#[derive(Debug)]
pub struct ToEdit;

/// To publish it, and to see what that would show.
#[derive(Debug)]
pub struct ToPublish;

/// To delete it, and to decide who may do what with it.
#[derive(Debug)]
pub struct ToAdminister;

/// What can be asked of one post-mortem, which the path names first.
pub trait Right: Send + Sync + 'static {
    const CAPABILITY: Capability;
}

/// What can be asked beside any post-mortem.
pub trait TeamRight: Send + Sync + 'static {
    /// What it takes; nothing but to be signed in where there is none.
    const CAPABILITY: Option<Capability>;
}

macro_rules! rights {
    ($($right:ident is $capability:ident;)+) => {
        $(impl Right for $right {
            const CAPABILITY: Capability = Capability::$capability;
        }

        impl Action for $right {
            type Held = InPostmortem;

            async fn grant(parts: &mut Parts, debrief: &Debrief) -> Result<InPostmortem, ApiError> {
                InPostmortem::grant(parts, debrief, <Self as Right>::CAPABILITY).await
            }
        })+
    };
}

rights! {
    ToRead is Read;
    ToComment is Comment;
    ToEdit is Edit;
    ToPublish is Publish;
    ToAdminister is Administer;
}

macro_rules! team_rights {
    ($($right:ident is $capability:expr;)+) => {
        $(impl TeamRight for $right {
            const CAPABILITY: Option<Capability> = $capability;
        }

        impl Action for $right {
            type Held = InTeam;

            async fn grant(parts: &mut Parts, debrief: &Debrief) -> Result<InTeam, ApiError> {
                InTeam::grant(parts, debrief, <Self as TeamRight>::CAPABILITY).await
            }
        })+
    };
}

team_rights! {
    ToVisit is None;
    ToCreate is Some(Capability::Create);
    ToCurate is Some(Capability::Curate);
    ToManage is Some(Capability::Manage);
}

impl Action for Public {
    type Held = ();

    async fn grant(_: &mut Parts, _: &Debrief) -> Result<(), ApiError> {
        Ok(())
    }
}

impl Action for ToMeasure {
    type Held = ();

    async fn grant(parts: &mut Parts, debrief: &Debrief) -> Result<(), ApiError> {
        let peer = ConnectInfo::<SocketAddr>::from_request_parts(parts, debrief).await;
        let ConnectInfo(peer) = peer.map_err(|_| ApiError::Internal)?;
        check_metrics_reader(&parts.headers, peer, debrief)
    }
}

/// What a permit to come in holds.
#[derive(Debug)]
pub struct Entering {
    visitor: Option<Visitor>,
    address: Address,
}

impl Action for ToEnter {
    type Held = Entering;

    async fn grant(parts: &mut Parts, debrief: &Debrief) -> Result<Entering, ApiError> {
        let visitor = <Visitor as OptionalFromRequestParts<Debrief>>::from_request_parts(parts, debrief).await;
        let visitor = match visitor {
            // Whose session has ended comes in anew.
            Err(ApiError::NoSession) => None,
            visitor => visitor?,
        };
        Ok(Entering { visitor, address: Address::from_request_parts(parts, debrief).await? })
    }
}

impl Permit<ToEnter> {
    /// Who comes, where they are signed in already.
    pub fn visitor(&self) -> Option<&Visitor> {
        self.0.visitor.as_ref()
    }

    /// From where they come.
    pub fn from(&self) -> Address {
        self.0.address
    }
}

/// What a permit for something beside any post-mortem holds.
#[derive(Debug)]
pub struct InTeam {
    visitor: Visitor,
    address: Address,
    needed: Option<Capability>,
}

impl InTeam {
    async fn grant(parts: &mut Parts, debrief: &Debrief, needed: Option<Capability>) -> Result<Self, ApiError> {
        let visitor = <Visitor as FromRequestParts<Debrief>>::from_request_parts(parts, debrief).await?;
        let capabilities = visitor.account.role.capabilities();
        match needed.filter(|needed| !capabilities.contains(*needed)) {
            Some(needed) => Err(ApiError::NotAllowed(needed)),
            None => Ok(Self { visitor, address: Address::from_request_parts(parts, debrief).await?, needed }),
        }
    }
}

/// What a permit holds of somebody who is signed in.
pub trait OfVisitor {
    fn visitor(&self) -> &Visitor;

    fn address(&self) -> Address;

    /// What they may do: with the post-mortem that it is about, or beside any.
    fn capabilities(&self) -> Capabilities;

    /// What they were let in for.
    fn needs(&self) -> Needed;
}

impl OfVisitor for InTeam {
    fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    fn address(&self) -> Address {
        self.address
    }

    fn capabilities(&self) -> Capabilities {
        self.visitor.account.role.capabilities()
    }

    fn needs(&self) -> Needed {
        Needed::InTeam(self.needed)
    }
}

impl OfVisitor for InPostmortem {
    fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    fn address(&self) -> Address {
        self.address
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn needs(&self) -> Needed {
        Needed::InPostmortem(self.postmortem.clone(), self.needed)
    }
}

impl<A: Action<Held: OfVisitor>> Permit<A> {
    pub fn account(&self) -> &Account {
        &self.0.visitor().account
    }

    /// In whose name it is done.
    pub fn person(&self) -> &Person {
        &self.account().person
    }

    /// The session of the browser that asks; none where a program asks with a token.
    pub fn session(&self) -> Option<&SessionId> {
        self.0.visitor().session.as_ref()
    }

    pub fn credential(&self) -> &Credential {
        &self.0.visitor().credential
    }

    /// What it said, to be asked again where something is written.
    pub fn grounds(&self) -> Grounds {
        Grounds {
            user: self.person().id.clone(),
            credential: self.credential().clone(),
            address: self.address().ip().to_string(),
            needs: self.0.needs(),
        }
    }

    pub fn address(&self) -> Address {
        self.0.address()
    }

    /// For whom the work is done, where it is so much that it is counted.
    pub fn asker(&self) -> Asker {
        Asker::new(self.person(), self.0.address())
    }

    /// What they may do: with the post-mortem that it is about, or beside any.
    pub fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }
}

/// What a permit for something about a post-mortem holds.
#[derive(Debug)]
pub struct InPostmortem {
    postmortem: PostmortemId,
    visitor: Visitor,
    address: Address,
    capabilities: Capabilities,
    needed: Capability,
}

impl InPostmortem {
    async fn grant(parts: &mut Parts, debrief: &Debrief, needed: Capability) -> Result<Self, ApiError> {
        let visitor = <Visitor as FromRequestParts<Debrief>>::from_request_parts(parts, debrief).await?;
        let address = Address::from_request_parts(parts, debrief).await?;
        let path = RawPathParams::from_request_parts(parts, debrief).await.map_err(|_| ApiError::NoRoute)?;
        let first = path.iter().next().and_then(|(_, value)| value.parse().ok());
        let postmortem: PostmortemId = first.ok_or(ApiError::NoRoute)?;
        let Account { person, role, .. } = &visitor.account;
        let capabilities = debrief.store.find_capabilities(&postmortem, &person.id, *role).await?;
        let Some(capabilities) = capabilities.filter(|found| found.contains(Capability::Read)) else {
            return Err(absence(debrief, &postmortem, &visitor.account, named_receipt(parts)).await);
        };
        if !capabilities.contains(needed) {
            return Err(ApiError::NotAllowed(needed));
        }
        Ok(Self { postmortem, visitor, address, capabilities, needed })
    }
}

/// Why somebody finds no post-mortem. One that is not for them is none, and takes as long to look for; only whoever names its
/// receipt could read it once, and hears that it is closed to them.
async fn absence(
    debrief: &Debrief,
    postmortem: &PostmortemId,
    account: &Account,
    receipt: Option<Receipt>,
) -> ApiError {
    match debrief.store.was_deleted_for(postmortem, &account.person.id, account.role).await {
        Ok(true) => return ApiError::Deleted,
        Ok(false) => {}
        Err(error) => return error.into(),
    }
    let Some(receipt) = receipt else { return ApiError::NotFound("post-mortem") };
    match debrief.store.has_receipt(postmortem, &receipt).await {
        Ok(true) => ApiError::ClosedToYou,
        Ok(false) => ApiError::NotFound("post-mortem"),
        Err(error) => error.into(),
    }
}

fn named_receipt(parts: &Parts) -> Option<Receipt> {
    let named = parts.headers.get(Receipt::HEADER)?.to_str().ok()?;
    Some(Receipt(named.to_owned()))
}

impl<R: Right + Action<Held = InPostmortem>> Permit<R> {
    pub fn postmortem(&self) -> &PostmortemId {
        &self.0.postmortem
    }

    /// Who goes into the room of the post-mortem.
    pub fn participant(&self) -> Participant {
        Participant { person: self.person().clone(), capabilities: self.0.capabilities }
    }
}
