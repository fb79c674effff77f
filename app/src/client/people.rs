//! The team and its people, who is let in, and who may do what on a post-mortem.

use super::http::{self, Method, RequestError};
use postmortem::api::{
    AccessChange, AccessShown, Invitations, MadeInvitation, MadeLink, NameJoined, NewInvitation, NewOwner, Nothing,
    People, TeamMember, TeamMemberChange, TeamSettings,
};
use postmortem::{InvitationId, PostmortemId, Receipt, UserId};

/// The people whose name or mail address holds these words, or all; at most so many.
pub async fn list(search: &str, limit: u32) -> Result<People, RequestError> {
    let search = js_sys::encode_uri_component(search);
    http::get(&format!("/api/people?search={search}&limit={limit}")).await
}

pub async fn change(person: &UserId, change: &TeamMemberChange) -> Result<TeamMember, RequestError> {
    http::patch(&format!("/api/people/{person}"), change).await
}

/// A link by which somebody chooses a new password.
pub async fn link_for_password(person: &UserId) -> Result<MadeLink, RequestError> {
    http::post(&format!("/api/people/{person}/links"), &Nothing {}).await
}

/// Says that a name from before there were accounts is this person's.
pub async fn join_name(person: &UserId, name: UserId) -> Result<(), RequestError> {
    http::submit(Method::Post, &format!("/api/people/{person}/names"), &NameJoined { name }).await
}

/// Gives everything to somebody that this person owns.
pub async fn hand_over(person: &UserId, to: UserId) -> Result<(), RequestError> {
    http::submit(Method::Post, &format!("/api/people/{person}/handovers"), &NewOwner { person: to }).await
}

pub async fn invitations() -> Result<Invitations, RequestError> {
    http::get("/api/invitations").await
}

pub async fn invite(invitation: &NewInvitation) -> Result<MadeInvitation, RequestError> {
    http::post("/api/invitations", invitation).await
}

pub async fn withdraw(invitation: &InvitationId) -> Result<(), RequestError> {
    http::delete(&format!("/api/invitations/{invitation}")).await
}

pub async fn team() -> Result<TeamSettings, RequestError> {
    http::get("/api/team").await
}

pub async fn set_team(settings: &TeamSettings) -> Result<TeamSettings, RequestError> {
    http::put("/api/team", settings).await
}

/// Who may do what on a post-mortem.
pub async fn access(postmortem: &PostmortemId) -> Result<AccessShown, RequestError> {
    http::get(&format!("/api/postmortems/{postmortem}/access")).await
}

/// Whether the server says that a post-mortem of which this is the receipt is there for this page's person no more.
pub async fn has_lost(postmortem: &PostmortemId, receipt: &Receipt) -> bool {
    let path = format!("/api/postmortems/{postmortem}/access");
    let answer = http::get_soon_with::<AccessShown>(&path, (Receipt::HEADER, &receipt.0)).await;
    answer.is_err_and(|error| error.is_closed() || error.is_deleted())
}

pub async fn set_access(postmortem: &PostmortemId, access: &AccessChange) -> Result<AccessShown, RequestError> {
    http::put(&format!("/api/postmortems/{postmortem}/access"), access).await
}
