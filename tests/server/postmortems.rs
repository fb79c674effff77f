//! The incident log, a post-mortem's value, and how the API refuses.

use postmortem::{Command, Severity};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Scenario, TestPeer, TestServer, entry, fresh_id, incident};

#[tokio::test]
async fn a_new_postmortem_has_every_section_and_the_figures_to_check() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let made = mara.post("/api/postmortems", json!({"title": " Disk full ", "severity": "SEV-1"})).await.expect(201);
    let id = made["id"].as_str().expect("an id");
    let whole = mara.get(&format!("/api/postmortems/{id}")).await.expect(200);
    assert_eq!(
        [&whole["id"], &whole["title"], &whole["severity"], &whole["status"]],
        [&json!(id), &json!("Disk full"), &json!("SEV-1"), &json!("draft")]
    );
    assert_eq!(whole["sections"].as_object().map(serde_json::Map::len), Some(8));
    assert_eq!(whole["impact"].as_array().map(Vec::len), Some(5));
    assert_eq!([&whole["timeline"], &whole["threads"], &whole["defects"]], [&json!([]), &json!([]), &json!([])]);
}

#[tokio::test]
async fn a_postmortem_needs_a_title_and_a_known_severity() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    for (body, word) in [
        (json!({"title": " "}), "title"),
        (json!({}), "title"),
        (json!({"title": "x", "severity": "SEV-9"}), "SEV-9"),
        (json!({"title": "x".repeat(3_000)}), "too long"),
    ] {
        let answer = mara.post("/api/postmortems", body).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        assert!(answer.message().contains(word), "{}", answer.message());
    }
    assert_eq!(mara.get("/api/postmortems").await.expect(200)["postmortems"], json!([]));
}

#[tokio::test]
async fn the_log_lists_the_newest_incident_first_and_who_is_there() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let facebook = mara.import(&incident("facebook")).await;
    let github = mara.import(&incident("github")).await;
    let _page = TestPeer::connect(&mara, &github).await;
    let log = mara.get("/api/postmortems").await.expect(200);
    let ids: Vec<&Value> = log["postmortems"].as_array().expect("a list").iter().map(|line| &line["id"]).collect();
    assert_eq!(ids, [&json!(facebook), &json!(github)]);
    let line = &log["postmortems"][1];
    assert_eq!([&line["entries"], &line["open_threads"], &line["open_actions"]], [19, 0, 5]);
    assert_eq!(line["people"], json!([mara.shown()]));
    assert_eq!(line["publication"], Value::Null);
    assert_eq!(line["started_at"], "2018-10-21T22:52:00Z");
}

#[tokio::test]
async fn the_log_shows_what_was_typed_a_moment_ago() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let id = mara.start_postmortem("Untitled").await;
    let mut page = TestPeer::connect(&mara, &id).await;
    page.run(&Command::SetTitle("Disk full".into())).await;
    page.run(&Command::SetSeverity(Severity::Sev1)).await;
    page.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "deploys locked"))).await;
    page.until_saved().await;
    let log = mara.get("/api/postmortems").await.expect(200);
    let line = &log["postmortems"][0];
    assert_eq!([&line["title"], &line["severity"]], ["Disk full", "SEV-1"]);
    assert_eq!(line["entries"], 1);
}

#[tokio::test]
async fn each_entry_tells_who_added_it() {
    let Scenario { mut server, mara, id } = Scenario::blank().await;
    let jonah = server.visitor("Jonah").await;
    let mut first = TestPeer::connect(&mara, &id).await;
    let mut second = TestPeer::connect(&jonah, &id).await;
    first.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:07:00Z", "deploys locked"))).await;
    second.run(&Command::AddEntry(fresh_id(), entry("2018-10-21T23:09:00Z", "status yellow"))).await;
    first.until_equal(&mut second).await;
    server.restart();
    let whole = mara.at(server.address()).get(&format!("/api/postmortems/{id}")).await.expect(200);
    let authors: Vec<&Value> =
        whole["timeline"].as_array().expect("entries").iter().map(|entry| &entry["author"]).collect();
    assert_eq!(authors, ["Mara", "Jonah"]);
}

#[tokio::test]
async fn the_log_comes_in_pages_of_what_each_finds() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let mut made = Vec::new();
    for number in 0..5 {
        let access = if number == 2 { "private" } else { "team" };
        let new = json!({"title": format!("Disk full {number}"), "access": access});
        made.push(mara.post("/api/postmortems", new).await.expect(201)["id"].clone());
    }
    made.reverse();
    let pages = async |visitor: &tests::Visitor| {
        let (mut found, mut path) = (Vec::new(), "/api/postmortems?limit=2".to_owned());
        for _ in 0..4 {
            let page = visitor.get(&path).await.expect(200);
            let rows = page["postmortems"].as_array().expect("a list");
            assert!(rows.len() <= 2);
            found.extend(rows.iter().map(|row| row["id"].clone()));
            let Some(next) = page["next"].as_str() else { return found };
            path = format!("/api/postmortems?limit=2&after={next}");
        }
        panic!("there is no last page")
    };
    assert_eq!(pages(&mara).await, made, "the newest first, each once");
    made.remove(2);
    assert_eq!(pages(&jonah).await, made);
    let whole = jonah.get("/api/postmortems").await.expect(200);
    assert_eq!((whole["postmortems"].as_array().map(Vec::len), whole.get("next")), (Some(4), None));
    let wrong = jonah.get("/api/postmortems?after=yesterday").await;
    assert_eq!((wrong.status, wrong.code().as_str()), (422, "invalid"), "{}", wrong.text);
}

#[tokio::test]
async fn the_api_refuses_in_sentences() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    for (answer, status, code) in [
        (mara.get("/api/postmortems/nope").await, 404, "not_found"),
        (mara.get("/api/postmortems/a%2Fb").await, 404, "not_found"),
        (mara.get("/api/nothing").await, 404, "not_found"),
        (mara.get("/api/postmortems/nope/comments").await, 404, "not_found"),
        (mara.get("/api/postmortems/nope/publications").await, 404, "not_found"),
        (mara.delete("/api/postmortems/nope").await, 404, "not_found"),
        (mara.put("/api/postmortems").await, 405, "wrong_method"),
        (mara.post("/api/postmortems", json!([1])).await, 422, "invalid"),
        (mara.post("/api/examples", json!({"name": "nope"})).await, 404, "not_found"),
        (mara.post("/api/postmortems", json!({"title": "x".repeat(300 * 1024)})).await, 413, "too_large"),
    ] {
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text);
        assert!(answer.message().ends_with('.'), "{}", answer.message());
    }
    let request = mara.request(Method::POST, "/api/postmortems").header("content-type", "application/json");
    let answer = mara.send(request.body("{")).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "malformed"));
}

#[tokio::test]
async fn health_is_answered_without_a_session() {
    let server = TestServer::start();
    for path in ["/healthz", "/readyz"] {
        let answer = server.stranger().get(path).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "ok"));
    }
}
