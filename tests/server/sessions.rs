//! Names, cookies, and what needs them.

use reqwest::Method;
use serde_json::json;
use tests::TestServer;

#[tokio::test]
async fn a_visitor_who_gives_a_name_gets_a_session() {
    let server = TestServer::start();
    let stranger = server.stranger();
    assert_eq!(stranger.get("/api/session").await.expect(200), json!(null));
    let answer = stranger.post("/api/sessions", json!({"name": "  Mara\nLindqvist "})).await;
    assert_eq!(answer.expect(201)["name"], "Mara Lindqvist");
    let cookie = answer.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert!(!cookie.contains("Secure"), "{cookie}");
    let mara = server.visitor("Mara").await;
    assert_eq!(mara.get("/api/session").await.expect(200), mara.person);
}

#[tokio::test]
async fn behind_https_the_cookie_is_for_https_only() {
    let server = TestServer::behind("https://debrief.example.org");
    let answer = server.stranger().post("/api/sessions", json!({"name": "Mara"})).await;
    assert!(answer.header("set-cookie").contains("; Secure"));
}

#[tokio::test]
async fn a_session_outlives_a_restart() {
    let mut server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let cookie = mara.cookie().expect("a cookie").to_owned();
    server.restart();
    let again = server.stranger();
    let answer = again.send(again.request(Method::GET, "/api/session").header("cookie", cookie)).await;
    assert_eq!(answer.expect(200), mara.person);
}

#[tokio::test]
async fn a_name_of_nothing_or_of_a_novel_is_refused() {
    let server = TestServer::start();
    for name in [" ".to_owned(), "x".repeat(61)] {
        let answer = server.stranger().post("/api/sessions", json!({"name": name})).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"));
    }
}

#[tokio::test]
async fn the_first_people_differ_in_colour() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    assert_ne!(mara.person["color"], jonah.person["color"]);
}

#[tokio::test]
async fn writing_needs_a_name() {
    let server = TestServer::start();
    let stranger = server.stranger();
    let answer = stranger.post("/api/postmortems", json!({"title": "Disk full"})).await;
    assert_eq!((answer.status, answer.message().as_str()), (401, "Give your name first."));
    for path in ["/api/imports", "/api/examples"] {
        assert_eq!(stranger.post(path, json!({})).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn another_sites_page_cannot_write_in_somebodys_name() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let create = || mara.request(Method::POST, "/api/postmortems").json(&json!({"title": "Forged"}));
    for (header, value) in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
        let answer = mara.send(create().header(header, value)).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "foreign_origin"), "{header}: {value}");
    }
    let own = format!("http://{}", server.address());
    let answer = mara.send(create().header("origin", own).header("sec-fetch-site", "same-origin")).await;
    answer.expect(201);
}

#[tokio::test]
async fn a_form_cannot_stand_in_for_json() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    for content_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let request = mara.request(Method::POST, "/api/postmortems").header("content-type", content_type);
        let answer = mara.send(request.body(r#"{"title": "Forged"}"#)).await;
        assert_eq!((answer.status, answer.code().as_str()), (415, "not_json"));
    }
}
