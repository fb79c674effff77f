//! Publishing: one link, numbered revisions, and pages that nothing live changes.

use postmortem::{Command, Event, SectionKey, TextId};
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use tests::{Scenario, TestPeer, TestServer, Visitor, entry, fresh_id, insert};

fn overview() -> TextId {
    TextId::Section("overview".parse::<SectionKey>().expect("a section"))
}

async fn set_owner(visitor: &Visitor, id: &str, name: &str) {
    visitor.set(&format!("/api/postmortems/{id}/owner"), json!({"name": name})).await.expect(200);
}

#[tokio::test]
async fn one_link_carries_every_revision_until_it_is_withdrawn() {
    let Scenario { server, mara, id } = Scenario::importing("github").await;
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
    // Publishing again takes the same link up again, which mails that were sent have.
    let third = mara.post(&path, json!({})).await.expect(201);
    assert_eq!([&third["slug"], &third["revision"]], [&json!(slug), &json!(3)]);
    assert_eq!(stranger.get(&format!("/p/{slug}")).await.status, 200);
}

#[tokio::test]
async fn a_published_page_trusts_nothing_but_its_own_style() {
    let Scenario { server, mara, id } = Scenario::importing("gitlab").await;
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
    let Scenario { server, mara, id } = Scenario::blank().await;
    let path = format!("/api/postmortems/{id}/publications");
    assert_eq!(server.stranger().post(&path, json!({})).await.status, 401);
    assert_eq!(mara.post("/api/postmortems/nope/publications", json!({})).await.status, 404);
    let never = server.stranger().get("/p/00000000000000000000000000000000").await;
    assert_eq!(never.status, 404);
    let policy = never.header("content-security-policy");
    assert!(policy.contains("style-src 'sha256-") && never.text.contains("<style>"), "a page of ours: {policy}");
}

#[tokio::test]
async fn two_who_publish_at_once_make_one_revision_of_one_page() {
    let Scenario { server, mara, id } = Scenario::blank_at(TestServer::behind("https://debrief.example.org")).await;
    let jonah = server.visitor("Jonah").await;
    let path = format!("/api/postmortems/{id}/publications");
    let (first, second) = tokio::join!(mara.post(&path, json!({})), jonah.post(&path, json!({})));
    let (first, second) = (first.expect(201), second.expect(201));
    assert_eq!(first, second);
    assert_eq!(first["revision"], json!(1));
    let url = first["url"].as_str().expect("a link");
    assert!(url.starts_with("https://debrief.example.org/p/"), "{url}");
    assert_ne!(first["published_by"], Value::Null);
}

/// The revisions that are kept, the newest first.
async fn revisions(server: &TestServer) -> Vec<u32> {
    let options = SqliteConnectOptions::new().filename(server.folder().join("debrief.db"));
    let mut connection = options.connect().await.expect("the database");
    let numbers = sqlx::query_scalar("select number from revisions order by number desc");
    let numbers = numbers.fetch_all(&mut connection).await.expect("revisions");
    connection.close().await.expect("closed");
    numbers
}

#[tokio::test]
async fn publishing_what_stands_stores_nothing_and_answers_what_stands() {
    let Scenario { server, mara, id } = Scenario::importing("github").await;
    let jonah = server.visitor("Jonah").await;
    let mut page = TestPeer::connect(&mara, &id).await;
    let path = format!("/api/postmortems/{id}/publications");
    let first = mara.post(&path, json!({})).await.expect(201);
    let versions = mara.get(&format!("/api/postmortems/{id}/versions")).await.expect(200);
    for visitor in [&mara, &jonah, &mara] {
        assert_eq!(visitor.post(&path, json!({})).await.expect(201), first);
    }
    assert_eq!(revisions(&server).await, [1]);
    assert_eq!(mara.get(&format!("/api/postmortems/{id}/versions")).await.expect(200), versions);

    // So is what was changed and changed back, and what the page does not show.
    let title = page.value().details.title;
    page.run(&Command::SetTitle("Another".into())).await;
    page.run(&Command::SetTitle(title)).await;
    page.until_saved().await;
    mara.set(&format!("/api/postmortems/{id}/status"), json!({"status": "reviewed"})).await.expect(200);
    assert_eq!(mara.post(&path, json!({})).await.expect(201), first);
    page.run(&Command::SetTitle("Another".into())).await;
    page.until_saved().await;
    assert_eq!(mara.post(&path, json!({})).await.expect(201)["revision"], json!(2));
    assert_eq!(revisions(&server).await, [2, 1]);
}

#[tokio::test]
async fn old_revisions_are_given_up_and_the_newest_is_what_is_shown() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let mut page = TestPeer::connect(&mara, &id).await;
    let path = format!("/api/postmortems/{id}/publications");
    let mut slug = String::new();
    for revision in 1..=13 {
        page.run(&Command::SetTitle(format!("Disk full, {revision} times"))).await;
        page.until_saved().await;
        let made = mara.post(&path, json!({})).await.expect(201);
        assert_eq!(made["revision"], json!(revision));
        slug = made["slug"].as_str().expect("a slug").to_owned();
    }
    assert_eq!(revisions(&server).await, (4..=13).rev().collect::<Vec<u32>>());
    assert!(server.stranger().get(&format!("/p/{slug}")).await.text.contains("Disk full, 13 times"));
}

#[tokio::test]
async fn a_preview_is_the_page_as_it_will_be_and_lists_the_names_in_it() {
    let Scenario { server, mara, id } = Scenario::importing("github").await;
    let mut page = TestPeer::connect(&mara, &id).await;
    set_owner(&mara, &id, "Ines Roth").await;
    page.run(&Command::EditText(overview(), insert(0, "@Ines asked @Priya and Ines Roth agreed. "))).await;
    page.until_saved().await;
    let path = format!("/api/postmortems/{id}/publications");
    let preview = mara.get(&format!("{path}/preview")).await.expect(200);
    let html = preview["html"].as_str().expect("a page");
    assert!(html.contains("The owner of this post-mortem asked @Priya and Ines Roth agreed."), "{html}");
    let leaks = json!([
        {"place": "Overview", "text": "Ines Roth", "kind": "name"},
        {"place": "Overview", "text": "@Priya", "kind": "name"},
    ]);
    assert_eq!(preview["leaks"], leaks);
    let shown = mara.get(&format!("{path}/preview?as=page")).await;
    assert!(shown.header("content-type").starts_with("text/html") && shown.text.contains("@Priya"));
    assert_eq!(mara.get(&path).await.expect(200), json!({"publications": []}), "nothing is published by it");
    assert_eq!(server.stranger().get(&format!("{path}/preview")).await.status, 401);
}

#[tokio::test]
async fn a_preview_lists_the_names_of_who_wrote_here_and_of_who_speaks_in_a_chat() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara Lindqvist").await, server.visitor("Jonah Adeyemi").await);
    server.visitor("Hana").await;
    let id = mara.start_postmortem("Disk full").await;
    let mut page = TestPeer::connect(&mara, &id).await;
    let what_happened = TextId::Section("what_happened".parse().expect("a section"));
    page.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "Noor Aziz: queue stops"))).await;
    page.run(&Command::EditText(what_happened, insert(0, "Lindqvist, Jonah, Noor and Hana met."))).await;
    page.until_saved().await;
    let comment = json!({"entry": page.value().timeline[0].id, "text": "Who?"});
    jonah.post(&format!("/api/postmortems/{id}/comments"), comment).await.expect(201);
    let preview = mara.get(&format!("/api/postmortems/{id}/publications/preview")).await.expect(200);
    let leaks: Vec<(&str, &str)> = preview["leaks"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|leak| (leak["place"].as_str().expect("a place"), leak["text"].as_str().expect("a name")))
        .collect();
    // Hana is known here and has nothing to do with it.
    let expected = [
        ("What happened", "Lindqvist"),
        ("What happened", "Jonah"),
        ("What happened", "Noor"),
        ("Timeline, 23:07 UTC", "Noor Aziz"),
    ];
    assert_eq!(leaks, expected);
}

#[tokio::test]
async fn what_is_deleted_while_it_is_published_is_not_found() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    for _ in 0..20 {
        let id = mara.start_postmortem("Disk full").await;
        let (publications, postmortem) =
            (format!("/api/postmortems/{id}/publications"), format!("/api/postmortems/{id}"));
        let (published, deleted) = tokio::join!(mara.post(&publications, json!({})), mara.delete(&postmortem));
        assert!([201, 404].contains(&published.status), "{}", published.text);
        assert_eq!(deleted.status, 204, "{}", deleted.text);
    }
}
