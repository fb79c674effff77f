//! Restorations: an earlier version is brought back by ordinary edits of the live document.

use crate::access::{Permit, ToEdit};
use crate::error::{ApiError, created};
use crate::http::request::Body;
use crate::store::audit::Deed;
use crate::to_the_end::to_the_end;
use crate::work::version;
use crate::{Debrief, clock};
use axum::extract::State;
use axum::response::Response;
use postmortem::AuditAction;
use postmortem::api::{NewRestoration, Restoration};

/// Brings it back. `before` is the version that undoes it; null where nothing had to change.
pub async fn create(
    permit: Permit<ToEdit>,
    State(debrief): State<Debrief>,
    Body(NewRestoration { version: number }): Body<NewRestoration>,
) -> Result<Response, ApiError> {
    let place = (permit.postmortem().clone(), number);
    let version =
        version::read(&debrief.store, &debrief.workshop, &permit.asker(), place, |replica, _| replica).await?;
    permit.grounds().hold_now(&debrief.store).await?;
    let before = to_the_end(async move {
        let before = debrief.rooms.restore(permit.postmortem(), version, permit.person()).await?;
        if before.is_some() {
            let deed = Deed::new(AuditAction::VersionRestored).on(permit.postmortem()).how(format!("version {number}"));
            debrief.store.record(clock::now(), &permit.grounds().actor(), &deed).await?;
        }
        Ok(before)
    });
    Ok(created(Restoration { version: number, before: before.await? }))
}
