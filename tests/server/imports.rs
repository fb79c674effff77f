//! Incident files: the five real ones load whole, broken ones leave nothing.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{TestServer, incident, incidents};

/// The texts of a list under a key of each of its objects.
fn texts<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    let list = list.as_array().expect("a list");
    list.iter().map(|object| object[key].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn every_real_incident_loads_whole() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let incidents = incidents();
    assert_eq!(incidents.len(), 5);
    for (name, json) in incidents {
        let file: Value = serde_json::from_str(&json).expect("JSON");
        let id = mara.import(&json).await;
        let whole = mara.get(&format!("/api/postmortems/{id}")).await.expect(200);
        assert_eq!(whole["defects"], json!([]), "{name}");
        for field in ["title", "severity", "started_at", "detected_at", "resolved_at"] {
            assert_eq!(whole[field], file[field], "{name}: {field}");
        }
        let (mut entries, mut expected) = (texts(&whole["timeline"], "text"), texts(&file["timeline"], "what"));
        entries.sort_unstable();
        expected.sort_unstable();
        assert_eq!(entries, expected, "{name}");
        let sources = texts(&whole["timeline"], "source").into_iter().filter(|source| !source.is_empty());
        let expected = texts(&file["timeline"], "source_url").into_iter().filter(|source| !source.is_empty());
        assert_eq!(sources.count(), expected.count(), "{name}");
        for figure in texts(&file["impact"], "metric") {
            assert!(texts(&whole["impact"], "label").contains(&figure), "{name}: {figure}");
        }
        let actions: Vec<&str> =
            file["actions"].as_array().expect("actions").iter().filter_map(Value::as_str).collect();
        assert_eq!(texts(&whole["actions"], "text"), actions, "{name}");
        let prose = whole["sections"].to_string();
        for field in ["summary", "root_cause", "resolution", "notes"] {
            let text = serde_json::to_string(&file[field]).expect("JSON");
            assert!(prose.contains(text.trim_matches('"')), "{name}: {field}");
        }
        for field in ["went_well", "went_poorly", "sources"] {
            for point in file[field].as_array().into_iter().flatten() {
                let text = serde_json::to_string(point).expect("JSON");
                assert!(prose.contains(text.trim_matches('"')), "{name}: {field}: {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_broken_file_is_refused_with_its_field_and_leaves_nothing() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let mut file: Value = serde_json::from_str(&incident("github")).expect("JSON");
    file["timeline"][3]["at"] = json!("25:00");
    let answer = mara.post("/api/imports", file.clone()).await;
    assert_eq!(answer.status, 422);
    assert!(answer.message().contains("timeline[3].at"), "{}", answer.message());
    file["timeline"][3] = json!({"at": "2018-10-21T23:00:00Z", "what": "x", "source_url": "javascript:alert(1)"});
    let answer = mara.post("/api/imports", file).await;
    assert!(answer.message().contains("timeline[3].source_url"), "{}", answer.message());
    for text in ["", "[]", "{\"title\": 3}", "not json"] {
        let request = mara.request(Method::POST, "/api/imports").header("content-type", "application/json");
        let answer = mara.send(request.body(text)).await;
        assert_eq!(answer.status, 422, "{text}: {}", answer.text);
    }
    assert_eq!(mara.get("/api/postmortems").await.expect(200), json!({"postmortems": []}));
}

#[tokio::test]
async fn an_oversized_file_is_refused() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let answer = mara.post("/api/imports", json!({"title": "x".repeat(3 << 20)})).await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "too_large"));
}

#[tokio::test]
async fn a_file_of_a_megabyte_goes_in() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let entry = json!({"at": "2018-10-21T23:00:00Z", "what": "x".repeat(10_000)});
    let id =
        mara.import(&json!({"title": "Long", "severity": "SEV-2", "timeline": vec![entry; 100]}).to_string()).await;
    let whole = mara.get(&format!("/api/postmortems/{id}")).await.expect(200);
    assert_eq!(whole["timeline"].as_array().map(Vec::len), Some(100));
}

#[tokio::test]
async fn every_example_opens() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let examples = mara.get("/api/examples").await.expect(200);
    for name in texts(&examples["examples"], "name") {
        mara.post("/api/examples", json!({"name": name})).await.expect(201);
    }
    let log = mara.get("/api/postmortems").await.expect(200);
    assert_eq!(log["postmortems"].as_array().map(Vec::len), Some(5));
}
