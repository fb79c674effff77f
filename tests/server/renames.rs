//! Whoever changes their name stays who they are, and so does whoever changes their initials; the zone in which somebody reads
//! times is nobody else's business.

use postmortem::Event;
use serde_json::json;
use tests::{TestPeer, TestServer};

#[tokio::test]
async fn whoever_gives_another_name_stays_who_they_are() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let id = mara.import(r#"{"title": "Disk full", "severity": "SEV-2"}"#).await;
    let comments = format!("/api/postmortems/{id}/comments");
    mara.post(&comments, json!({"section": "overview", "text": "I saw it"})).await.expect(201);
    let renamed = mara.patch("/api/session", json!({"name": "Mara Lindqvist"})).await.expect(200);
    for stays in ["id", "color", "mail", "role"] {
        assert_eq!(renamed[stays], mara.person[stays]);
    }
    assert_eq!(mara.get("/api/session").await.expect(200), renamed);
    let threads = mara.get(&format!("/api/postmortems/{id}")).await.expect(200)["threads"].clone();
    for told in ["id", "name", "color"] {
        assert_eq!(threads[0]["comments"][0]["author"][told], renamed[told]);
    }
    let empty = mara.patch("/api/session", json!({"name": " "})).await;
    assert_eq!((empty.status, empty.code().as_str()), (422, "invalid"));
    assert_eq!(mara.get("/api/session").await.expect(200), renamed);
}

#[tokio::test]
async fn other_initials_are_told_at_once_and_stand_wherever_a_person_does() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let id = mara.start_postmortem("Disk full").await;
    let comments = format!("/api/postmortems/{id}/comments");
    mara.post(&comments, json!({"section": "overview", "text": "I saw it"})).await.expect(201);
    let mut page = TestPeer::connect(&jonah, &id).await;
    let changed = mara.patch("/api/session", json!({"initials": " MEL "})).await.expect(200);
    assert_eq!((&changed["initials"], &changed["name"]), (&json!("MEL"), &json!("Mara")));
    page.until("the initials are told", |page| {
        let is_told =
            |event: &Event| matches!(event, Event::Renamed { person } if person.initials.as_deref() == Some("MEL"));
        page.events.iter().any(is_told)
    })
    .await;
    let author = |shown: &serde_json::Value| shown["threads"][0]["comments"][0]["author"]["initials"].clone();
    assert_eq!(author(&jonah.get(&format!("/api/postmortems/{id}")).await.expect(200)), "MEL");
    let people = jonah.get("/api/people?search=mara").await.expect(200);
    assert_eq!(people["people"][0]["initials"], "MEL");
    // Another change leaves them; nothing typed takes them away.
    mara.patch("/api/session", json!({"color": "rose"})).await.expect(200);
    assert_eq!(mara.get("/api/session").await.expect(200)["initials"], "MEL");
    for refused in ["ABCD", "A.", "A B"] {
        let answer = mara.patch("/api/session", json!({"initials": refused})).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"), "{refused}");
        assert!(answer.message().starts_with("Initials are one to 3 letters or digits."), "{}", answer.message());
    }
    let without = mara.patch("/api/session", json!({"initials": ""})).await.expect(200);
    assert_eq!(without.get("initials"), None);
}

#[tokio::test]
async fn a_zone_is_kept_as_it_is_written_everywhere_and_told_to_its_person_alone() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let changed = mara.patch("/api/session", json!({"time_zone": " europe/BERLIN "})).await.expect(200);
    assert_eq!(changed["time_zone"], "Europe/Berlin");
    assert_eq!(mara.get("/api/session").await.expect(200)["time_zone"], "Europe/Berlin");
    for zone in ["Europe/Berlinn", "+02:00", "Berlin", "../etc/localtime"] {
        let answer = mara.patch("/api/session", json!({"time_zone": zone, "name": "Somebody"})).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"), "{zone}");
        assert!(answer.message().contains("Choose one from the list, such as Europe/Berlin"), "{}", answer.message());
    }
    let kept = mara.get("/api/session").await.expect(200);
    assert_eq!((&kept["time_zone"], &kept["name"]), (&json!("Europe/Berlin"), &json!("Mara")));
    let seen = jonah.get("/api/people?search=mara").await.expect(200);
    assert!(!seen.to_string().contains("Berlin"), "{seen}");
    let without = mara.patch("/api/session", json!({"time_zone": ""})).await.expect(200);
    assert_eq!(without.get("time_zone"), None);
}
