//! Publishing: one link, numbered revisions, and pages that nothing live changes.

use postmortem::{Command, Event, SectionKey, TextId};
use serde_json::{Value, json};
use tests::{TestPeer, TestServer, incident, insert};

fn overview() -> TextId {
    TextId::Section("overview".parse::<SectionKey>().expect("a section"))
}

#[tokio::test]
async fn one_link_carries_every_revision_until_it_is_withdrawn() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let id = mara.import(&incident("github")).await;
    let mut page = TestPeer::connect(&mara, &id).await;
    let path = format!("/api/postmortems/{id}/publications");
    assert_eq!(mara.get(&path).await.expect(200), json!({"publications": []}));

    let first = mara.post(&path, json!({})).await.expect(201);
    let slug = first["slug"].as_str().expect("a slug").to_owned();
    assert_eq!(slug.len(), 32);
    assert_eq!(first["url"], format!("http://{}/p/{slug}", server.address()));
    assert_eq!(first["revision"], 1);
    page.until("the page hears of it", |page| {
        matches!(page.events.last(), Some(Event::Publication { slug: Some(_), revision: 1, .. }))
    })
    .await;
    let stranger = server.stranger();
    let before = stranger.get(&format!("/p/{slug}")).await;
    assert_eq!(before.status, 200);
    assert!(before.text.contains("43-second partition"), "{}", before.text);

    page.run(&Command::EditText(overview(), insert(0, "Words of a later hour. "))).await;
    page.until_saved().await;
    assert_eq!(stranger.get(&format!("/p/{slug}")).await.text, before.text, "a page changes only when it is published");
    let second = mara.post(&path, json!({})).await.expect(201);
    assert_eq!([&second["slug"], &second["revision"]], [&json!(slug), &json!(2)]);
    assert!(stranger.get(&format!("/p/{slug}")).await.text.contains("Words of a later hour."));
    let listed = mara.get(&path).await.expect(200);
    assert_eq!(listed["publications"][0]["slug"], json!(slug));
    assert!(
        listed["publications"][0]["digests"]["details"].is_u64(),
        "what was published can be compared with: {listed}"
    );
    let log = mara.get("/api/postmortems").await.expect(200);
    assert_eq!(log["postmortems"][0]["publication"], json!(slug));

    assert_eq!(mara.delete(&format!("{path}/{slug}")).await.status, 204);
    let gone = stranger.get(&format!("/p/{slug}")).await;
    assert_eq!(gone.status, 410);
    assert!(gone.text.contains("withdrawn") && !gone.text.contains("partition"));
    page.until("the page hears of that", |page| {
        matches!(page.events.last(), Some(Event::Publication { slug: None, .. }))
    })
    .await;
    assert_eq!(mara.delete(&format!("{path}/{slug}")).await.status, 404);
    let third = mara.post(&path, json!({})).await.expect(201);
    assert_ne!(third["slug"], json!(slug));
    assert_eq!(third["revision"], 1);
}

#[tokio::test]
async fn a_published_page_trusts_nothing_but_its_own_style() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let id = mara.import(&incident("gitlab")).await;
    let made = mara.post(&format!("/api/postmortems/{id}/publications"), json!({})).await.expect(201);
    let answer = server.stranger().get(&format!("/p/{}", made["slug"].as_str().expect("a slug"))).await;
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("script-src") && !policy.contains("unsafe"), "{policy}");
    for (name, value) in [
        ("cache-control", "no-cache"),
        ("content-type", "text/html; charset=utf-8"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-robots-tag", "noindex"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    assert!(!answer.text.contains("<script"), "{}", answer.text);
}

#[tokio::test]
async fn publishing_needs_a_name_and_a_postmortem() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let id = mara.start_postmortem("Disk full").await;
    let path = format!("/api/postmortems/{id}/publications");
    assert_eq!(server.stranger().post(&path, json!({})).await.status, 401);
    assert_eq!(mara.post("/api/postmortems/nope/publications", json!({})).await.status, 404);
    let never = server.stranger().get("/p/00000000000000000000000000000000").await;
    assert_eq!(never.status, 404);
}

#[tokio::test]
async fn two_who_publish_at_once_make_two_revisions_of_one_page() {
    let server = TestServer::behind("https://debrief.example.org");
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let id = mara.start_postmortem("Disk full").await;
    let path = format!("/api/postmortems/{id}/publications");
    let (first, second) = tokio::join!(mara.post(&path, json!({})), jonah.post(&path, json!({})));
    let (first, second) = (first.expect(201), second.expect(201));
    assert_eq!(first["slug"], second["slug"]);
    let mut revisions = [&first["revision"], &second["revision"]].map(|revision| revision.as_u64());
    revisions.sort_unstable();
    assert_eq!(revisions, [Some(1), Some(2)]);
    let url = first["url"].as_str().expect("a link");
    assert!(url.starts_with("https://debrief.example.org/p/"), "{url}");
    assert_ne!(first["published_by"], Value::Null);
}
