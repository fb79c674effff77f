//! The names that a server answers to: a page under somebody else's name that leads to this machine reads nothing.

use reqwest::Method;
use reqwest::header::{HOST, ORIGIN};
use serde_json::json;
use tests::{Answer, Process, Scenario, TestServer, Visitor, upgrade_status, upgrade_status_with};

const PATHS: [&str; 9] = [
    "/",
    "/postmortems/x",
    "/api/postmortems",
    "/api/session",
    "/api/nothing",
    "/sync/x",
    "/p/x",
    "/nothing",
    "/favicon.svg",
];

async fn ask(visitor: &Visitor, path: &str, host: &str) -> Answer {
    visitor.send(visitor.request(Method::GET, path).header(HOST, host)).await
}

#[tokio::test]
async fn a_name_that_leads_to_loopback_reads_and_writes_nothing() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let id = mara.start_postmortem("Quicksilver").await;
    for host in ["evil.example", "evil.example:8080", "localhost.evil.example", "192.0.2.1", "evil.example@127.0.0.1"] {
        for path in PATHS.map(|path| path.replace("/x", &format!("/{id}"))) {
            let answer = ask(&mara, &path, host).await;
            assert_eq!(answer.status, 421, "{host} {path}: {}", answer.text);
            assert!(!answer.text.contains("Quicksilver") && answer.text.contains("--public-url"), "{}", answer.text);
        }
        assert_eq!(ask(&mara, "/metrics", host).await.code(), "metrics_closed", "{host}");
    }
    // A browser writes both headers, and under such a name they agree.
    let forged = mara.request(Method::POST, "/api/postmortems").json(&json!({"title": "Forged"}));
    let forged = mara.send(forged.header(HOST, "evil.example").header(ORIGIN, "http://evil.example")).await;
    assert_eq!((forged.status, forged.code().as_str()), (421, "foreign_host"));
    let agreeing = [(HOST, "evil.example"), (ORIGIN, "http://evil.example")];
    assert_eq!(upgrade_status_with(&mara, &id, &agreeing).await, 421);
    let log = mara.get("/api/postmortems").await.expect(200);
    assert_eq!(log["postmortems"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn loopback_names_reach_everything_on_any_port() {
    let Scenario { server: _server, mara, id } = Scenario::blank().await;
    for host in ["localhost", "localhost:1", "debrief.localhost:8080", "127.0.0.1", "127.1.2.3:80", "[::1]:8080"] {
        ask(&mara, "/api/postmortems", host).await.expect(200);
        assert_eq!(ask(&mara, "/metrics", host).await.status, 200, "{host}");
        let own = format!("http://{host}");
        let create = mara.request(Method::POST, "/api/postmortems").json(&json!({"title": "Mine"}));
        mara.send(create.header(HOST, host).header(ORIGIN, own)).await.expect(201);
    }
    let agreeing = [(HOST, "localhost:9"), (ORIGIN, "http://localhost:9")];
    assert_eq!(upgrade_status_with(&mara, &id, &agreeing).await, 101);
}

#[tokio::test]
async fn probes_are_answered_under_any_name() {
    let server = TestServer::start();
    for path in ["/healthz", "/readyz"] {
        let answer = ask(&server.stranger(), path, "pod-7.cluster.example").await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "ok"));
    }
}

#[tokio::test]
async fn a_server_for_a_network_takes_digits_and_says_how_a_name_is_given() {
    let server = TestServer::for_a_network();
    let mara = server.visitor("Mara").await;
    for host in ["192.0.2.1:8080", "[2001:db8::1]:8080", "localhost:8080"] {
        ask(&mara, "/api/postmortems", host).await.expect(200);
    }
    let port = server.address().port();
    let command = format!("debrief serve --listen 0.0.0.0:{port} --public-url http://myhost:8080");
    for path in PATHS {
        let answer = ask(&mara, path, "myhost:8080").await;
        assert_eq!(answer.status, 421, "{path}");
        assert!(answer.text.contains(&command), "{path}: {}", answer.text);
    }
    let page = ask(&mara, "/", "myhost:8080").await;
    assert!(page.header("content-type").starts_with("text/html"), "a person sees a page");
    assert_eq!(ask(&mara, "/metrics", "192.0.2.1:8080").await.code(), "metrics_closed");
}

#[tokio::test]
async fn with_a_public_url_its_host_is_ours_and_another_is_not() {
    let Scenario { server: _server, mara, id } =
        Scenario::blank_at(TestServer::behind("https://debrief.example.org")).await;
    ask(&mara, "/api/postmortems", "debrief.example.org").await.expect(200);
    let ours = [(HOST, "debrief.example.org"), (ORIGIN, "https://debrief.example.org")];
    assert_eq!(upgrade_status_with(&mara, &id, &ours).await, 101);
    for host in ["evil.example", "example.org", "192.0.2.1"] {
        let answer = ask(&mara, "/api/postmortems", host).await;
        assert_eq!((answer.status, answer.code().as_str()), (421, "foreign_host"), "{host}");
        assert!(answer.message().contains("https://debrief.example.org (its --public-url)"), "{}", answer.message());
    }
}

#[tokio::test]
async fn the_command_of_a_refusal_lets_the_name_in() {
    let data = tempfile::tempdir().expect("a folder");
    let process = Process::start_as(data.path(), &["--public-url", "http://myhost:8080"]);
    let mara = process.visitor("Mara").await;
    assert_ne!(ask(&mara, "/", "myhost:8080").await.status, 421);
    let create = mara.request(Method::POST, "/api/postmortems").json(&json!({"title": "Disk full"}));
    mara.send(create.header(HOST, "myhost:8080").header(ORIGIN, "http://myhost:8080")).await.expect(201);
}

#[tokio::test]
async fn a_refused_origin_names_the_public_url_and_is_logged_once() {
    let data = tempfile::tempdir().expect("a folder");
    let Scenario { server: process, mara, id } = Scenario::blank_at(Process::start(data.path())).await;
    let origin = "https://debrief.example.org";
    for _ in 0..3 {
        let create = mara.request(Method::POST, "/api/postmortems").json(&json!({"title": "Behind a proxy"}));
        let answer = mara.send(create.header(ORIGIN, origin)).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "foreign_origin"));
        assert!(answer.message().contains(&format!("--public-url {origin}")), "{}", answer.message());
        assert_eq!(upgrade_status(&mara, &id, origin).await, 403);
        assert_eq!(ask(&mara, "/api/postmortems", "debrief.example.org").await.status, 421);
    }
    for number in 0..300 {
        let create = mara.request(Method::POST, "/api/postmortems").json(&json!({"title": "Made up"}));
        mara.send(create.header(ORIGIN, format!("http://{number}.example"))).await;
    }
    let log = process.finish();
    let lines = |of: &str| log.lines().filter(|line| line.contains(of)).count();
    assert_eq!(lines("origin=\"https://debrief.example.org\""), 1, "{log}");
    assert_eq!(lines("host=\"debrief.example.org\""), 1, "{log}");
    assert!((50..=110).contains(&log.lines().count()), "{log}");
}
