//! Behind nginx, HAProxy and Caddy, each as `docs/self-hosting.md` sets it up: everything works through it, and what a proxy
//! would let slip stays closed.

use postmortem::{Command, SectionKey, TextId};
use reqwest::Method;
use serde_json::json;
use server::sync::Pace;
use std::time::Duration;
use tests::{Front, Process, Proxy, TestPeer, TestServer, incident, insert, upgrade_status};

const PUBLIC_URL: &str = "https://debrief.example.org";

/// What the page on self-hosting starts the server with.
fn documented_arguments() -> Vec<String> {
    let page = std::fs::read_to_string("../docs/self-hosting.md").expect("the page");
    let (_, section) = page.split_once("## Behind a proxy").expect("the section");
    let command = section.lines().find_map(|line| line.strip_prefix("debrief serve ")).expect("the command");
    command.split_whitespace().map(str::to_owned).collect()
}

/// An incident file of about so many bytes, of entries as long as they may be.
fn file_of(bytes: usize) -> String {
    let entry = json!({"at": "2018-10-21T23:00:00Z", "what": "x".repeat(9_900)});
    json!({"title": "Long", "severity": "SEV-2", "timeline": vec![entry; bytes / 10_000]}).to_string()
}

async fn everything_works_through(proxy: Proxy) {
    let arguments = documented_arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    assert_eq!(arguments, ["--public-url", PUBLIC_URL, "--trusted-proxy", "127.0.0.1"]);
    let data = tempfile::tempdir().expect("a folder");
    let server = Process::start_as(data.path(), &arguments);
    let Some(front) = proxy.start(&server) else {
        return;
    };
    assert_eq!(front.redirection().await, format!("{PUBLIC_URL}/postmortems/x"));
    let page = front.stranger().get("/").await;
    assert!(page.text.contains("<html") && page.header("x-content-type-options") == "nosniff", "{}", page.text);

    let mara = front.visitor("Mara").await;
    let id = mara.start_postmortem("Disk full").await;
    assert_eq!(mara.get("/api/session").await.expect(200), mara.person);
    let jonah = server.visitor("Jonah").await;
    let mut typing = TestPeer::connect(&mara, &id).await;
    let mut watching = TestPeer::connect(&jonah, &id).await;
    let overview = TextId::Section("overview".parse::<SectionKey>().expect("a section"));
    typing.run(&Command::EditText(overview, insert(0, "Typed behind a proxy."))).await;
    typing.until_saved().await;
    typing.until_equal(&mut watching).await;
    assert_eq!(watching.value().section("overview"), "Typed behind a proxy.");

    let published = mara.post(&format!("/api/postmortems/{id}/publications"), json!({})).await.expect(201);
    let url = published["url"].as_str().expect("a link");
    let path = url.strip_prefix(PUBLIC_URL).expect("a link under the public URL");
    let page = front.stranger().get(path).await;
    assert!(page.status == 200 && page.text.contains("Typed behind a proxy."), "{}", page.text);

    forgery_is_refused(&front, &id).await;
    sizes_agree(proxy, &front).await;
    let metrics = front.stranger().get("/metrics").await;
    assert_eq!((metrics.status, metrics.code().as_str()), (403, "metrics_closed"));
    assert!(server.terminate(), "it stops well with a proxy's connections open");
}

async fn forgery_is_refused(front: &Front, id: &str) {
    let mara = front.visitor("Mara").await;
    assert_eq!(upgrade_status(&mara, id, "https://evil.example").await, 403);
    let forged = mara.request(Method::POST, "/api/postmortems").json(&json!({"title": "Forged"}));
    let forged = mara.send(forged.header("sec-fetch-site", "cross-site")).await;
    assert_eq!((forged.status, forged.code().as_str()), (403, "foreign_origin"));
    let elsewhere = mara.request(Method::GET, "/api/postmortems").header("host", "evil.example");
    // Caddy answers a name that is not configured with an empty 200, the others pass it on to us.
    let elsewhere = mara.send(elsewhere).await.text;
    assert!(!elsewhere.contains("postmortems"), "{elsewhere}");
}

/// What we take comes through, what we do not is refused in our words, and what the proxy does not take in its own.
async fn sizes_agree(proxy: Proxy, front: &Front) {
    let mara = front.visitor("Mara").await;
    mara.import(&incident("github")).await;
    mara.import(&file_of(3 << 19)).await;
    let import = async |bytes| {
        let request = mara.request(Method::POST, "/api/imports").header("content-type", "application/json");
        mara.send(request.body(file_of(bytes))).await
    };
    let ours = import(3 << 20).await;
    assert_eq!((ours.status, ours.code().as_str()), (413, "too_large"), "{}", ours.text);
    let larger = import(5 << 20).await;
    let code = if proxy == Proxy::Nginx { "" } else { "too_large" };
    assert_eq!((larger.status, larger.code().as_str()), (413, code), "{}", larger.text);
}

/// Started without a public URL, the server says what to start it with, and opens nothing.
async fn a_server_without_a_public_url_says_so_through(proxy: Proxy) {
    let server = TestServer::start();
    let Some(front) = proxy.start(&server) else {
        return;
    };
    for path in ["/", "/api/postmortems", "/p/x"] {
        let answer = front.stranger().get(path).await;
        assert_eq!(answer.status, 421, "{path}");
        assert!(answer.text.contains(&format!("--public-url {PUBLIC_URL}")), "{}", answer.text);
    }
    let metrics = front.stranger().get("/metrics").await;
    assert_eq!((metrics.status, metrics.code().as_str()), (403, "metrics_closed"));
}

#[tokio::test]
async fn everything_works_through_nginx() {
    everything_works_through(Proxy::Nginx).await;
}

#[tokio::test]
async fn everything_works_through_haproxy() {
    everything_works_through(Proxy::HaProxy).await;
}

#[tokio::test]
async fn everything_works_through_caddy() {
    everything_works_through(Proxy::Caddy).await;
}

#[tokio::test]
async fn behind_a_proxy_a_server_asks_for_its_public_url() {
    for proxy in Proxy::ALL {
        a_server_without_a_public_url_says_so_through(proxy).await;
    }
}

#[test]
fn a_documented_proxy_waits_longer_than_the_server_is_silent() {
    for (proxy, settings) in [
        (Proxy::Nginx, ["proxy_read_timeout", "proxy_send_timeout"].as_slice()),
        (Proxy::HaProxy, &["timeout client", "timeout server", "timeout tunnel"]),
    ] {
        let documented = proxy.documented();
        for setting in settings {
            let (_, value) = documented.split_once(setting).expect("the setting");
            let value = value.split(['s', '\n']).next().unwrap_or_default().trim();
            let seconds = value.parse().unwrap_or_else(|_| panic!("{setting} {value}"));
            assert!(Duration::from_secs(seconds) > 2 * Pace::default().keep_alive, "{setting} {seconds}s");
        }
    }
}
