//! Imports: an incident file becomes a post-mortem, or an error that names the field.

use crate::Debrief;
use crate::access::{Permit, ToCreate};
use crate::error::{ApiError, created};
use crate::http::request::{JsonText, Query};
use crate::to_the_end::to_the_end;
use crate::work::creation::New;
use axum::extract::State;
use axum::response::Response;
use postmortem::api::Imported;
use postmortem::{Openness, import};
use serde::Deserialize;

/// For whom the post-mortem is; beside the file, which says nothing of it.
#[derive(Debug, Deserialize)]
pub struct ImportQuery {
    access: Option<Openness>,
}

/// Creates a post-mortem from the body.
pub async fn create(
    permit: Permit<ToCreate>,
    State(debrief): State<Debrief>,
    Query(ImportQuery { access }): Query<ImportQuery>,
    JsonText(text): JsonText,
) -> Result<Response, ApiError> {
    debrief.access.quotas.take_postmortem(permit.address(), &permit.person().id)?;
    let (new, unknown) = read_text(&debrief, &permit, text).await?;
    keep(debrief, permit, new.open_to(access.unwrap_or(Openness::Team)), unknown).await
}

/// The post-mortem of an incident file's text, not yet kept, and the fields of the file that are not known.
pub(super) async fn read_text(
    debrief: &Debrief,
    permit: &Permit<ToCreate>,
    text: String,
) -> Result<(New, Vec<String>), ApiError> {
    let asker = permit.asker();
    let making = debrief.workshop.run(&asker, move |wanted| {
        let incident = import::parse(&text).map_err(|error| ApiError::Invalid(error.to_string()))?;
        Ok((New::imported(&incident, wanted)?, incident.unknown().to_vec()))
    });
    making.await
}

/// Keeps it, and answers with its id and what of its file was not known.
pub(super) async fn keep(
    debrief: Debrief,
    permit: Permit<ToCreate>,
    new: New,
    unknown: Vec<String>,
) -> Result<Response, ApiError> {
    let id = to_the_end(async move {
        permit.grounds().hold_now(&debrief.store).await?;
        Ok(new.keep(&debrief.store, &permit.grounds().actor()).await?)
    });
    Ok(created(Imported { id: id.await?, unknown }))
}
