//! Permits: that somebody may do something, as a value that only a request makes. Every handler takes one, and has the
//! post-mortem and the person from nowhere else. Roles will stand here.

use super::guest;
use super::metrics::check_metrics_reader;
use super::session::Visitor;
use crate::Debrief;
use crate::callers::{Address, Asker};
use crate::error::ApiError;
use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts, RawPathParams};
use axum::http::request::Parts;
use postmortem::{Capabilities, Capability, Participant, Person, PostmortemId};
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

/// What anybody may who comes: to see the incident log, to say who they are.
#[derive(Debug)]
pub struct ToVisit;

/// To begin a post-mortem.
#[derive(Debug)]
pub struct ToCreate;

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

/// To delete it.
#[derive(Debug)]
pub struct ToAdminister;

/// What can be asked of one post-mortem, which the path names first.
pub trait Right: Send + Sync + 'static {
    const CAPABILITY: Capability;
    /// Whether it is done in somebody's name. Whoever gave none may then do it when they have.
    const NEEDS_NAME: bool;
}

macro_rules! rights {
    ($($right:ident is $capability:ident, named: $needs_name:literal;)+) => {
        $(impl Right for $right {
            const CAPABILITY: Capability = Capability::$capability;
            const NEEDS_NAME: bool = $needs_name;
        })+
    };
}

rights! {
    ToRead is Read, named: false;
    ToComment is Comment, named: true;
    ToEdit is Edit, named: true;
    ToPublish is Publish, named: true;
    ToAdminister is Administer, named: true;
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

/// Who asks.
#[derive(Debug)]
enum Who {
    Named(Person),
    Nobody,
    /// They ask as somebody of whom this browser has no session any more.
    SignedOut,
}

impl Who {
    async fn asks(parts: &mut Parts, debrief: &Debrief) -> Result<Self, ApiError> {
        match <Visitor as OptionalFromRequestParts<Debrief>>::from_request_parts(parts, debrief).await {
            Ok(Some(Visitor(person))) => Ok(Self::Named(person)),
            Ok(None) => Ok(Self::Nobody),
            Err(ApiError::NoSession) => Ok(Self::SignedOut),
            Err(error) => Err(error),
        }
    }

    fn named(self) -> Result<Person, ApiError> {
        match self {
            Self::Named(person) => Ok(person),
            Self::Nobody | Self::SignedOut => Err(ApiError::NoSession),
        }
    }
}

/// What a permit to visit holds.
#[derive(Debug)]
pub struct Visiting {
    who: Who,
    address: Address,
}

impl Action for ToVisit {
    type Held = Visiting;

    async fn grant(parts: &mut Parts, debrief: &Debrief) -> Result<Visiting, ApiError> {
        let who = Who::asks(parts, debrief).await?;
        Ok(Visiting { who, address: Address::from_request_parts(parts, debrief).await? })
    }
}

impl Permit<ToVisit> {
    /// Who comes, if they have given a name.
    ///
    /// # Errors
    /// When they come as somebody of whom this browser has no session any more.
    pub fn into_person(self) -> Result<Option<Person>, ApiError> {
        match self.0.who {
            Who::Named(person) => Ok(Some(person)),
            Who::Nobody => Ok(None),
            Who::SignedOut => Err(ApiError::NoSession),
        }
    }

    pub fn address(&self) -> Address {
        self.0.address
    }

    /// For whom the work is done.
    ///
    /// # Errors
    /// As [`Self::into_person`].
    pub fn asker(&self) -> Result<Asker, ApiError> {
        match &self.0.who {
            Who::Named(person) => Ok(Asker::new(person, self.0.address)),
            Who::Nobody => Ok(Asker::stranger_at(self.0.address.ip())),
            Who::SignedOut => Err(ApiError::NoSession),
        }
    }

    /// What whoever comes may do beside any post-mortem. Everybody may begin one, once they have given a name.
    pub fn capabilities(&self) -> Capabilities {
        [Capability::Create].into_iter().collect()
    }
}

/// What a permit to begin post-mortems holds.
#[derive(Debug)]
pub struct Creating {
    person: Person,
    address: Address,
}

impl Action for ToCreate {
    type Held = Creating;

    async fn grant(parts: &mut Parts, debrief: &Debrief) -> Result<Creating, ApiError> {
        let person = Who::asks(parts, debrief).await?.named()?;
        Ok(Creating { person, address: Address::from_request_parts(parts, debrief).await? })
    }
}

impl Permit<ToCreate> {
    pub fn person(&self) -> &Person {
        &self.0.person
    }

    pub fn address(&self) -> Address {
        self.0.address
    }

    /// For whom the work is done.
    pub fn asker(&self) -> Asker {
        Asker::new(&self.0.person, self.0.address)
    }
}

/// What a permit for something about a post-mortem holds.
#[derive(Debug)]
pub struct About {
    postmortem: PostmortemId,
    /// In whose name it is done; a guest where nobody gave one.
    person: Person,
    is_signed_out: bool,
    address: Address,
    capabilities: Capabilities,
}

impl<R: Right> Action for R {
    type Held = About;

    async fn grant(parts: &mut Parts, debrief: &Debrief) -> Result<About, ApiError> {
        let who = Who::asks(parts, debrief).await?;
        let is_signed_out = matches!(who, Who::SignedOut);
        let person = match who.named() {
            Err(ApiError::NoSession) if !R::NEEDS_NAME => guest().ok_or(ApiError::Internal)?,
            named => named?,
        };
        let address = Address::from_request_parts(parts, debrief).await?;
        let path = RawPathParams::from_request_parts(parts, debrief).await.map_err(|_| ApiError::NoRoute)?;
        let first = path.iter().next().and_then(|(_, value)| value.parse().ok());
        let postmortem: PostmortemId = first.ok_or(ApiError::NoRoute)?;
        let capabilities = capabilities(&person, &postmortem);
        if !capabilities.contains(R::CAPABILITY) {
            return Err(ApiError::NotAllowed(R::CAPABILITY));
        }
        Ok(About { postmortem, person, is_signed_out, address, capabilities })
    }
}

/// What somebody may do with a post-mortem. Until there are roles everybody owns every one.
fn capabilities(_: &Person, _: &PostmortemId) -> Capabilities {
    Capabilities::of_owner()
}

impl<R: Right> Permit<R> {
    pub fn postmortem(&self) -> &PostmortemId {
        &self.0.postmortem
    }

    /// In whose name it is done.
    pub fn person(&self) -> &Person {
        &self.0.person
    }

    /// For whom the work is done, where it is so much that it is counted.
    ///
    /// # Errors
    /// When they ask as somebody of whom this browser has no session any more: nobody else is asked for in their place.
    pub fn asker(&self) -> Result<Asker, ApiError> {
        if self.0.is_signed_out { Err(ApiError::NoSession) } else { Ok(Asker::new(&self.0.person, self.0.address)) }
    }

    /// Who goes into the room of the post-mortem.
    ///
    /// # Errors
    /// As [`Self::asker`].
    pub fn participant(&self) -> Result<Participant, ApiError> {
        if self.0.is_signed_out {
            return Err(ApiError::NoSession);
        }
        Ok(Participant { person: self.0.person.clone(), capabilities: self.0.capabilities })
    }
}
