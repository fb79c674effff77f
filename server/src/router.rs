//! Every route on one screen, and what holds for all of them.

use crate::Debrief;
use crate::access::{keep_pace, refuse_foreign_names, refuse_forgery};
use crate::error::ApiError;
use crate::http::request;
use crate::http::routes::{
    access, accounts, audit, client, comments, door, examples, feed, groups, heads, health, imports, invitations,
    links, metrics, passkey_attempts, passkeys, people, postmortems, provider_checks, providers, publications,
    published, resolutions, restorations, services, sessions, sign_in_attempts, sign_ins, sync, team, threads,
    versions,
};
use crate::work::background;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::routing::{get, patch, post, put};
use axum::{Router, handler::Handler};
use tower_http::set_header::SetResponseHeaderLayer;

pub fn router(debrief: Debrief) -> Router {
    let large = DefaultBodyLimit::max(request::LARGEST_IMPORT);
    let api = Router::new()
        .route("/door", get(door::show))
        .route("/links", post(links::show))
        .route("/accounts", post(accounts::create))
        .route("/session", get(sessions::show).patch(sessions::update))
        .route("/session/password", put(sessions::update_password))
        .route("/sessions", get(sessions::list).post(sessions::create))
        .route("/sessions/{session}", axum::routing::delete(sessions::delete))
        .route("/sign-in-attempts", post(sign_in_attempts::create))
        .route("/passkeys", get(passkeys::list).post(passkeys::create))
        .route("/passkeys/{passkey}", patch(passkeys::update).delete(passkeys::delete))
        .route("/passkey-attempts", post(passkey_attempts::create))
        .route("/people", get(people::list))
        .route("/people/{person}", patch(people::update))
        .route("/people/{person}/links", post(people::create_link))
        .route("/people/{person}/names", post(people::create_name))
        .route("/people/{person}/handovers", post(people::create_handover))
        .route("/invitations", get(invitations::list).post(invitations::create))
        .route("/invitations/{invitation}", axum::routing::delete(invitations::delete))
        .route("/groups", get(groups::list).post(groups::create))
        .route("/groups/{group}", get(groups::show).patch(groups::update).delete(groups::delete))
        .route("/services", get(services::list).post(services::create))
        .route("/services/{service}", put(services::update).delete(services::delete))
        .route("/providers", get(providers::list).post(providers::create))
        .route("/providers/{provider}", put(providers::update).delete(providers::delete))
        .route("/provider-checks", post(provider_checks::create))
        .route("/team", get(team::show).put(team::update))
        .route("/audit", get(audit::list))
        .route("/audit/lines", get(audit::save))
        .route("/postmortems", get(postmortems::list).post(postmortems::create))
        .route("/postmortems/{id}", get(postmortems::show).delete(postmortems::delete))
        .route("/postmortems/{id}/access", get(access::show).put(access::update))
        .route("/postmortems/{id}/status", put(heads::update_status))
        .route("/postmortems/{id}/owner", put(heads::update_owner))
        .route("/postmortems/{id}/comments", get(threads::list).post(comments::create))
        .route("/postmortems/{id}/comments/{comment}", patch(comments::update).delete(comments::delete))
        .route("/postmortems/{id}/threads/{thread}", get(threads::show))
        .route("/postmortems/{id}/threads/{thread}/resolution", put(resolutions::create).delete(resolutions::delete))
        .route("/postmortems/{id}/publications", get(publications::list).post(publications::create))
        .route("/postmortems/{id}/publications/preview", get(publications::preview))
        .route("/postmortems/{id}/publications/{slug}", patch(publications::update).delete(publications::delete))
        .route("/postmortems/{id}/versions", get(versions::list))
        .route("/postmortems/{id}/versions/{version}", get(versions::show))
        .route("/postmortems/{id}/restorations", post(restorations::create))
        .route("/imports", post(imports::create.layer(large)))
        .route("/feed", get(feed::connect))
        .route("/examples", get(examples::list).post(examples::create))
        .fallback(async || ApiError::NoRoute)
        .method_not_allowed_fallback(async || ApiError::WrongMethod)
        .layer(DefaultBodyLimit::max(request::LARGEST_BODY))
        // Who asks is found before that: rooms wait for the connections that sessions are read over.
        .layer(middleware::from_fn_with_state(debrief.clone(), background::read_behind))
        .layer(middleware::from_fn_with_state(debrief.clone(), keep_pace))
        .layer(middleware::from_fn_with_state(debrief.clone(), refuse_forgery))
        // Answers of the API are of the moment and of the person.
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    Router::new()
        .route("/p/{slug}", get(published::show))
        .route("/metrics", get(metrics::show))
        .route("/", get(client::page))
        .route("/postmortems/{*rest}", get(client::page))
        .route("/link", get(client::page))
        .route("/sign-in/{provider}", get(sign_ins::create))
        .route("/sign-in/{provider}/callback", get(sign_ins::update))
        .route("/settings", get(client::page))
        .route("/settings/{*rest}", get(client::page))
        .fallback(client::file)
        .layer(middleware::from_fn_with_state(debrief.clone(), background::read_behind))
        .nest("/api", api)
        .route("/sync/{id}", get(sync::connect))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .layer(middleware::from_fn_with_state(debrief.clone(), refuse_foreign_names))
        // Nothing is taken for what it does not say it is, and no address of ours travels to other sites.
        .layer(SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(SetResponseHeaderLayer::if_not_present(header::REFERRER_POLICY, HeaderValue::from_static("same-origin")))
        .layer(middleware::from_fn(request::hear_out))
        .with_state(debrief)
}
