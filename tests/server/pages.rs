//! The client's page and the headers of everything.

use tests::TestServer;

#[tokio::test]
async fn the_page_names_its_script_by_a_fresh_nonce_or_says_that_it_is_not_built() {
    let server = TestServer::start();
    let stranger = server.stranger();
    let answer = stranger.get("/").await;
    if answer.status == 503 {
        assert!(answer.text.contains("cargo xtask run"), "{}", answer.text);
        return;
    }
    let again = stranger.get("/postmortems/anything").await;
    assert_eq!((answer.status, again.status), (200, 200));
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_ne!(policy, again.header("content-security-policy"));
    assert!(!answer.text.contains("{{nonce}}"));
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
    assert!(answer.text.contains(&format!("nonce=\"{nonce}\"")), "{}", answer.text);
}

#[tokio::test]
async fn nothing_is_taken_for_what_it_is_not() {
    let server = TestServer::start();
    for (path, status) in [("/healthz", 200), ("/nothing.js", 404), ("/api/nothing", 404), ("/../Cargo.toml", 404)] {
        let answer = server.stranger().get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    assert_eq!(server.stranger().get("/api/postmortems").await.header("cache-control"), "no-store");
}
