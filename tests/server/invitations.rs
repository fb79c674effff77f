//! Links that let somebody in: invitations, those of an operator, and those for a new password.

use postmortem::TeamRole;
use postmortem::api::close_code;
use serde_json::{Value, json};
use server::cli::config::Settings;
use sqlx::{Connection, SqliteConnection};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use tests::{Answer, PASSWORD, Process, Scenario, TestPeer, TestServer, Visitor, debrief, secret};

const OTHER_PASSWORD: &str = "lamp gravel seven otters";

async fn invite(admin: &Visitor, invitation: Value) -> (String, String) {
    let made = admin.post("/api/invitations", invitation).await.expect(201);
    (made["id"].as_str().expect("an id").to_owned(), secret(&made))
}

/// Joins with a link, by a name that is an address as well.
async fn join(stranger: &Visitor, link: &str, name: &str) -> Answer {
    let mail = format!("{}@harbour.example", name.to_lowercase());
    let account = json!({ "token": link, "name": name, "mail": mail, "password": PASSWORD });
    stranger.post("/api/accounts", account).await
}

#[track_caller]
fn assert_ended(answer: &Answer) {
    assert_eq!((answer.status, answer.code().as_str()), (404, "link_ended"), "{}", answer.text);
}

#[tokio::test]
async fn a_link_lets_in_as_many_as_it_is_for_and_is_looked_at_for_nothing() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let (_, link) = invite(&admin, json!({ "role": "outsider", "people": 2 })).await;
    let stranger = server.stranger();
    for name in ["Ines", "Tom"] {
        let shown = stranger.post("/api/links", json!({ "token": link })).await.expect(200);
        assert_eq!(
            [&shown["kind"], &shown["role"], &shown["team"]],
            [&json!("invitation"), &json!("outsider"), &json!("Debrief")]
        );
        let joined = join(&stranger, &link, name).await.expect(201);
        assert_eq!([&joined["name"], &joined["role"]], [&json!(name), &json!("outsider")]);
    }
    assert_ended(&join(&stranger, &link, "Lea").await);
    assert_ended(&stranger.post("/api/links", json!({ "token": link })).await);
    assert_ended(&stranger.post("/api/sessions", json!({ "token": link })).await);
    let open = admin.get("/api/invitations").await.expect(200);
    assert!(open["invitations"].as_array().expect("a list").iter().all(|open| open["people"] != 2), "{open}");
}

#[tokio::test]
async fn of_two_who_come_with_one_link_at_once_one_is_too_late() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    for round in 0..3 {
        let (_, link) = invite(&admin, json!({ "role": "member" })).await;
        let (stranger, names) = (server.stranger(), ["Ines", "Tom"].map(|name| format!("{name}-{round}")));
        let (one, other) = tokio::join!(join(&stranger, &link, &names[0]), join(&stranger, &link, &names[1]));
        let late = if one.status == 201 { &other } else { &one };
        assert_ended(late);
        assert!(one.status == 201 || other.status == 201);
    }
}

#[tokio::test]
async fn a_link_that_was_withdrawn_or_has_ended_leads_nowhere() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let (id, withdrawn) = invite(&admin, json!({ "role": "member" })).await;
    admin.delete(&format!("/api/invitations/{id}")).await.expect(204);
    assert_eq!(admin.delete(&format!("/api/invitations/{id}")).await.status, 404);
    let (id, ended) = invite(&admin, json!({ "role": "member", "days": 1 })).await;
    let file = Settings::in_folder(server.folder()).database;
    let mut rows = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.expect("the database");
    let end = "update links set ends_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-1 seconds') where id = ?";
    sqlx::query(end).bind(&id).execute(&mut rows).await.expect("an older link");
    rows.close().await.expect("closed");
    for link in [withdrawn, ended, "0".repeat(64), String::new()] {
        assert_ended(&join(&server.stranger(), &link, "Ines").await);
    }
}

#[tokio::test]
async fn an_account_needs_a_name_an_address_of_its_own_and_a_password_that_is_hard_to_guess() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let (_, link) = invite(&admin, json!({ "role": "member", "people": 10 })).await;
    let account = |name: &str, mail: &str, password: &str| json!({ "token": link, "name": name, "mail": mail, "password": password });
    let (long, taken) = ("x".repeat(61), admin.person["mail"].as_str().expect("an address").to_uppercase());
    for (account, status, code) in [
        (account(" ", "ines@harbour.example", PASSWORD), 422, "invalid"),
        (account(&long, "ines@harbour.example", PASSWORD), 422, "invalid"),
        (account("Ines", "harbour.example", PASSWORD), 422, "invalid"),
        (account("Ines", &taken, PASSWORD), 409, "mail_taken"),
        (account("Ines", "ines@harbour.example", "harbour-9"), 422, "weak_password"),
        (account("Ines", "ines@harbour.example", "qwertyuiopas"), 422, "weak_password"),
        (account("Ines Marisol", "ines@harbour.example", "InesMarisol1"), 422, "weak_password"),
    ] {
        let answer = server.stranger().post("/api/accounts", account.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{account}: {}", answer.text);
        assert_eq!(answer.header("set-cookie"), "");
    }
    // None of that used the link up.
    for name in ["Ines", "Tom"] {
        join(&server.stranger(), &link, name).await.expect(201);
    }
}

#[tokio::test]
async fn an_invitation_of_an_address_is_for_that_address() {
    let server = TestServer::start();
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let (_, link) = invite(&admin, json!({ "role": "member", "mail": " Ines@Harbour.example" })).await;
    let joined = join(&server.stranger(), &link, "Mallory").await.expect(201);
    assert_eq!(joined["mail"], "ines@harbour.example");
    for refused in [
        json!({ "role": "member", "people": 0 }),
        json!({ "role": "member", "people": 1_001 }),
        json!({ "role": "member", "days": 91 }),
        json!({ "role": "member", "people": 2, "mail": "tom@harbour.example" }),
        json!({ "role": "owner" }),
    ] {
        assert_eq!(admin.post("/api/invitations", refused).await.status, 422);
    }
}

#[tokio::test]
async fn only_who_looks_after_the_team_invites() {
    let server = TestServer::start();
    for role in [TeamRole::Member, TeamRole::Outsider] {
        let visitor = server.visitor_as("Mara", role).await;
        let answer = visitor.post("/api/invitations", json!({ "role": "admin" })).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "not_allowed"));
        assert_eq!(visitor.get("/api/invitations").await.status, 403);
        let person = format!("/api/people/{}", visitor.person["id"].as_str().expect("an id"));
        assert_eq!(visitor.patch(&person, json!({ "role": "admin" })).await.status, 403);
        assert_eq!(visitor.post(&format!("{person}/links"), json!({})).await.status, 403);
    }
}

#[tokio::test]
async fn a_link_for_a_new_password_signs_every_browser_out_and_is_used_once() {
    let Scenario { server, mara, id } = Scenario::blank().await;
    let admin = server.visitor_as("Ada", TeamRole::Admin).await;
    let mut page = TestPeer::connect(&mara, &id).await;
    let links = format!("/api/people/{}/links", mara.person["id"].as_str().expect("an id"));
    let [before, link] = [admin.post(&links, json!({})).await, admin.post(&links, json!({})).await]
        .map(|answer| secret(&answer.expect(201)));
    let stranger = server.stranger();
    let shown = stranger.post("/api/links", json!({ "token": link })).await.expect(200);
    assert_eq!([&shown["kind"], &shown["name"]], ["new_password", "Mara"]);
    let choose = async |link: &str, password: Value| {
        stranger.post("/api/sessions", json!({ "token": link, "new_password": password })).await
    };
    assert_eq!(choose(&link, json!("harbour-9")).await.code(), "weak_password");
    assert_eq!(choose(&link, Value::Null).await.code(), "invalid");
    let signed_in = choose(&link, json!(OTHER_PASSWORD)).await;
    assert_eq!(stranger.signed_in(&signed_in).get("/api/session").await.expect(200), mara.person);
    assert_eq!(page.until_closed().await.code, close_code::SIGNED_OUT);
    for link in [link, before] {
        assert_ended(&choose(&link, json!(PASSWORD)).await);
    }
    for (password, status) in [(PASSWORD, 401), (OTHER_PASSWORD, 201)] {
        let body = json!({ "mail": mara.person["mail"], "password": password });
        assert_eq!(stranger.post("/api/sessions", body).await.status, status);
    }
}

/// The link that `debrief invite` prints, and its secret.
fn operators_link(data: &Path, arguments: &[&str]) -> (String, String) {
    let output = Command::new(debrief()).arg("invite").arg("--data").arg(data).args(arguments).output();
    let output = output.expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let url = String::from_utf8(output.stdout).expect("text").trim().to_owned();
    let token = secret(&json!({ "url": url }));
    (url, token)
}

async fn kind(stranger: &Visitor, link: &str) -> String {
    let shown = stranger.post("/api/links", json!({ "token": link })).await.expect(200);
    shown["kind"].as_str().expect("a kind").to_owned()
}

#[tokio::test]
async fn an_operator_lets_the_first_in_and_anybody_later() {
    let data = tempfile::tempdir().expect("a folder");
    let process = Process::start(data.path());
    let stranger = process.stranger();
    assert_eq!(stranger.get("/api/door").await.expect(200)["team"], Value::Null);
    let (_, before) = operators_link(data.path(), &[]);
    let (url, first) = operators_link(data.path(), &["--role", "member"]);
    assert!(url.starts_with(&format!("http://{}/link#", process.address())), "{url}");
    assert_ended(&stranger.post("/api/links", json!({ "token": before })).await);
    assert_eq!(kind(&stranger, &first).await, "setup");
    assert_eq!(join(&stranger, &first, "Ada").await.status, 422, "the team has no name");
    let account = json!({
        "token": first, "name": "Ada", "mail": "ada@harbour.example", "password": PASSWORD, "team": "Harbour"
    });
    let ada = stranger.signed_in(&stranger.post("/api/accounts", account).await);
    assert_eq!([&ada.person["role"], &ada.person["team"]], ["admin", "Harbour"]);
    assert_eq!(stranger.get("/api/door").await.expect(200)["team"], "Harbour");

    let (_, second) =
        operators_link(data.path(), &["--role", "outsider", "--public-url", "https://debrief.example.org"]);
    assert_eq!(join(&stranger, &second, "Ines").await.expect(201)["role"], "outsider");
    let (_, again) = operators_link(data.path(), &["--for", "Ada@harbour.example"]);
    assert_eq!(kind(&stranger, &again).await, "sign_in");
    let signed_in = stranger.signed_in(&stranger.post("/api/sessions", json!({ "token": again })).await);
    assert_eq!(signed_in.get("/api/session").await.expect(200), ada.person);
    assert_ended(&stranger.post("/api/sessions", json!({ "token": again })).await);
    ada.get("/api/session").await.expect(200);
    let (_, new) = operators_link(data.path(), &["--for", "tom@harbour.example"]);
    assert_eq!(join(&stranger, &new, "Mallory").await.expect(201)["mail"], "tom@harbour.example");
}

#[test]
fn a_server_that_nobody_looks_after_says_how_to_begin() {
    let data = tempfile::tempdir().expect("a folder");
    let mut server = Command::new(debrief())
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts");
    let mut said = BufReader::new(server.stdout.take().expect("its output")).lines();
    let first: Vec<String> = said.by_ref().take(2).map(|line| line.expect("text")).collect();
    assert!(first[0].ends_with("Open this link to set it up:") && first[1].contains("/link#"), "{first:?}");
    server.kill().expect("killed");
    server.wait().expect("gone");
    assert!(said.next().is_none());
}
