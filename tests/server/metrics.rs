//! What the server measures of itself, and who may read it.

use postmortem::{Command, wire};
use server::sync::Pace;
use std::time::Duration;
use tests::{TestPeer, TestServer, entry, fresh_id, until};

fn value(page: &str, name: &str) -> f64 {
    let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in\n{page}")).parse().expect("a number")
}

#[tokio::test]
async fn the_measurements_tell_what_happened_and_nothing_of_what_was_written() {
    let server = TestServer::start();
    let mara = server.visitor("Maralinda").await;
    let id = mara.start_postmortem("Quicksilver").await;
    let mut page = TestPeer::connect(&mara, &id).await;
    page.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "a telling sentence"))).await;
    page.until_saved().await;
    page.send(wire::update(b"nonsense")).await;
    page.until("it is refused", |page| {
        page.events.iter().any(|event| matches!(event, postmortem::Event::Refused { .. }))
    })
    .await;
    let answer = server.stranger().get("/metrics").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    let measured = |name: &str| value(&answer.text, name);
    assert!(measured("debrief_acknowledge_seconds_count") >= 1.0);
    assert!(measured("debrief_commit_seconds_count") >= 1.0);
    assert!(measured("debrief_commit_jobs_sum") >= 1.0);
    assert!(measured("debrief_rejected_updates_total{reason=\"malformed\"}") >= 1.0);
    assert!(measured("debrief_load_seconds_count") >= 1.0);
    assert_eq!([measured("debrief_rooms"), measured("debrief_connections")], [1.0, 1.0]);
    assert_eq!([measured("debrief_lagging_connections_total"), measured("debrief_set_aside_postmortems")], [0.0, 0.0]);
    assert!(measured("debrief_database_bytes") > 0.0);
    for word in ["Maralinda", "Quicksilver", "telling", id.as_str()] {
        assert!(!answer.text.contains(word), "{word} is in the measurements");
    }
}

#[tokio::test]
async fn measurements_are_for_this_machine_or_for_who_has_the_token() {
    let server = TestServer::hurried(Pace::default());
    let stranger = server.stranger();
    let passed_on = stranger.request(reqwest::Method::GET, "/metrics").header("x-forwarded-for", "192.0.2.7");
    let answer = stranger.send(passed_on).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "metrics_closed"));
    for host in ["metrics.example.org", "192.0.2.7", "127.0.0.1.example.org"] {
        let answer = stranger.send(stranger.request(reqwest::Method::GET, "/metrics").header("host", host)).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "metrics_closed"), "{host}");
    }
    let behind = TestServer::behind("https://debrief.example.org");
    assert_eq!(behind.stranger().get("/metrics").await.status, 403, "everyone comes through the proxy");
    let guarded = TestServer::guarded("a long secret");
    let stranger = guarded.stranger();
    assert_eq!(stranger.get("/metrics").await.status, 403);
    for (token, status) in [("Bearer a long secret", 200), ("Bearer another", 403), ("a long secret", 403)] {
        let request = stranger.request(reqwest::Method::GET, "/metrics").header("authorization", token);
        assert_eq!(stranger.send(request).await.status, status, "{token}");
    }
}

#[tokio::test]
async fn rooms_that_nobody_is_in_go_where_there_are_too_many() {
    let server = TestServer::with(|settings| {
        settings.bounds.idle_rooms = 64 << 10;
        settings.pace.idle = Duration::from_secs(3_600);
    });
    let mara = server.visitor("Mara").await;
    let mut ids = Vec::new();
    for number in 0..8 {
        ids.push(mara.start_postmortem(&format!("Incident {number}")).await);
    }
    let mut page = TestPeer::connect(&mara, &ids[0]).await;
    for id in ids.iter().skip(2) {
        for id in [id, &ids[1]] {
            assert_eq!(mara.get(&format!("/api/postmortems/{id}")).await.status, 200);
        }
    }
    // Each takes a quarter of what there is, and the one that is open is none of them.
    let few = async || value(&mara.get("/metrics").await.text, "debrief_rooms") <= 5.0;
    until("most of them are gone", few).await;
    let loads = value(&mara.get("/metrics").await.text, "debrief_load_seconds_count");
    assert_eq!(loads, 8.0, "the one that is asked for again and again was always there");
    page.run(&Command::SetTitle("Mara".into())).await;
    page.until_saved().await;
    assert_eq!(page.closed, None);
    for id in &ids {
        assert_eq!(mara.get(&format!("/api/postmortems/{id}")).await.status, 200, "and all are there");
    }
}
