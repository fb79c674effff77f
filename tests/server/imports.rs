//! Incident files: the five real ones load whole, broken ones leave nothing.

use postmortem::{FigureChange, UserId, limits};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use tests::{Process, TestPeer, TestServer, Visitor, answer, debrief, incident, incidents, until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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
    assert_eq!(mara.get("/api/postmortems").await.expect(200)["postmortems"], json!([]));
}

#[tokio::test]
async fn fields_of_other_names_are_told_and_the_rest_is_taken() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let file = json!({"title": "x", "severity": "SEV-2", "services": ["a"],
        "timeline": [{"at": "2018-10-21T23:00:00Z", "what": "y", "who": "Mara"}]});
    let answer = mara.post("/api/imports", file).await.expect(201);
    assert_eq!(answer["unknown"], json!(["services", "timeline[0].who"]));
    let answer = mara.post("/api/imports", serde_json::from_str(&incident("github")).expect("JSON")).await.expect(201);
    assert_eq!(answer["unknown"], json!([]));
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
    let listed = async || mara.get("/api/postmortems").await.expect(200)["postmortems"].clone();
    let log = listed().await;
    assert_eq!(log.as_array().map(Vec::len), Some(5));
    assert!(log.as_array().is_some_and(|rows| rows.iter().all(|row| row["status"] == "closed")), "{log}");
    let tomasz = server.visitor("Tomasz").await;
    let example = json!({"name": "github-2018-10-21"});
    let id = tomasz.post("/api/examples", example.clone()).await.expect(200)["id"].clone();
    assert_eq!(listed().await, log, "each is there once");
    mara.delete(&format!("/api/postmortems/{}", id.as_str().expect("an id"))).await.expect(204);
    assert_ne!(tomasz.post("/api/examples", example).await.expect(201)["id"], id, "it may be opened anew");
}

/// As many items of three kinds as there may be: enough for a hang-up or a stop to come while they are being made.
fn as_much_as_there_may_be() -> String {
    let figures = vec![json!({"metric": "m"}); limits::ITEMS];
    let entries = vec![json!({"at": "2018-10-21T23:00:00Z", "what": "x"}); limits::ITEMS];
    let actions = vec!["x"; limits::ITEMS];
    let file = json!({
        "title": "Large", "severity": "SEV-2", "impact": figures, "timeline": entries, "actions": actions,
    });
    file.to_string()
}

/// How often a hang-up or a stop is tried: a fast machine may have made an import before it comes.
const TRIES: usize = 5;

/// Begins to ask for imports, each over a socket of its own, and ends all of them together.
async fn ask(visitors: &[&Visitor], file: &str) -> Vec<TcpStream> {
    let (most, last) = file.split_at(file.len() - 1);
    let mut sockets = Vec::new();
    for visitor in visitors {
        sockets.push(begin_to_ask(visitor, file.len(), most).await);
    }
    for socket in &mut sockets {
        socket.write_all(last.as_bytes()).await.expect("asked");
    }
    sockets
}

async fn begin_to_ask(visitor: &Visitor, length: usize, most: &str) -> TcpStream {
    let mut socket = TcpStream::connect(visitor.address()).await.expect("a connection");
    let cookie = visitor.cookie().expect("a session");
    let head = format!(
        "POST /api/imports HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n\r\n",
        visitor.address(),
    );
    socket.write_all(head.as_bytes()).await.expect("asked");
    socket.write_all(most.as_bytes()).await.expect("asked");
    socket
}

/// How many imports are under way, those that wait for their turn among them.
async fn under_way(visitor: &Visitor) -> usize {
    let page = visitor.get("/metrics").await.text;
    let counted = |name: &str| -> usize {
        let line = page.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|count| count.trim().parse().ok()).expect("a number")
    };
    counted("debrief_working_requests ") + counted("debrief_waiting_requests ")
}

/// Waits until imports are under way; false when one was answered before that was seen.
async fn are_seen_under_way(visitor: &Visitor, sockets: &[TcpStream]) -> bool {
    let look = async || match under_way(visitor).await {
        0 => sockets.iter().any(|socket| socket.try_read(&mut [0]).is_ok()).then_some(false),
        _ => Some(true),
    };
    answer("it begins or is answered", look).await
}

async fn count(visitor: &Visitor) -> usize {
    visitor.get("/api/postmortems").await.expect(200)["postmortems"].as_array().map(Vec::len).expect("a list")
}

#[tokio::test]
async fn imports_that_nobody_waits_for_are_given_up() {
    let server = TestServer::start();
    let (mara, jonah) = (server.visitor("Mara").await, server.visitor("Jonah").await);
    let file = as_much_as_there_may_be();
    for _ in 0..TRIES {
        let before = count(&mara).await;
        let sockets = ask(&[&mara, &jonah].repeat(5), &file).await;
        are_seen_under_way(&mara, &sockets).await;
        drop(sockets);
        until("they are given up", async || under_way(&mara).await == 0).await;
        mara.import(&incident("github")).await;
        // There is a place for the next, and of those before it nothing was kept.
        if count(&mara).await == before + 1 {
            return;
        }
    }
    panic!("some were made each time, though nobody waited for them");
}

#[tokio::test]
async fn a_stop_waits_for_no_import_and_nothing_of_it_is_kept() {
    for _ in 0..TRIES {
        let folder = tempfile::tempdir().expect("a folder");
        let process = Process::start(folder.path());
        let mara = process.visitor("Mara").await;
        let mut sockets = ask(&[&mara], &as_much_as_there_may_be()).await;
        if !are_seen_under_way(&mara, &sockets).await {
            continue;
        }
        let log = tokio::task::spawn_blocking(move || process.finish()).await.expect("no panic");
        assert!(!log.contains("cut off"), "the stop waited for as long as it waits: {log}");
        let mut answer = String::new();
        sockets[0].read_to_string(&mut answer).await.expect("an answer");
        if answer.starts_with("HTTP/1.1 201 ") {
            continue;
        }
        assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("The server is restarting."), "{answer}");
        let process = Process::start(folder.path());
        assert_eq!(count(&mara.at(process.address())).await, 0);
        return;
    }
    panic!("each was made before the stop came");
}

#[tokio::test]
async fn more_than_a_postmortem_holds_is_refused_with_how_much_it_is() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let figures = vec![json!({"metric": "m"}); limits::ITEMS + 1];
    let answer = mara.post("/api/imports", json!({"title": "x", "severity": "SEV-2", "impact": figures})).await;
    assert_eq!((answer.status, answer.code().as_str()), (422, "invalid"));
    let told = "impact: these are 20001, and a post-mortem holds at most 20000 of one kind.";
    assert_eq!(answer.message(), told);
    assert_eq!(count(&mara).await, 0);
}

fn import(data: &Path, file: &Path) -> Command {
    let mut import = Command::new(debrief());
    import.arg("import").arg("--data").arg(data).arg(file);
    import
}

#[cfg(unix)]
#[tokio::test]
async fn an_import_on_the_command_line_can_be_stopped() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, first, pipe) =
        (folder.path().join("data"), folder.path().join("first.json"), folder.path().join("pipe"));
    std::fs::write(&first, incident("github")).expect("a file");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let mut importing = import(&data, &first);
    let importing = importing.arg(&pipe).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary");
    // The second file never ends: when it is asked for, the first is kept.
    let mut writer = std::fs::OpenOptions::new().write(true).open(&pipe).expect("the other end");
    std::io::Write::write_all(&mut writer, b"{").expect("the beginning");
    let sent = Command::new("kill").args(["-INT", &importing.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    let output = importing.wait_with_output().expect("it ends");
    drop(writer);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("stopped; 1 of 2 files were not imported"), "{said}");
    let id = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let export = Command::new(debrief()).args(["export", "--format", "json", "--data"]).arg(&data).arg(&id).output();
    assert!(export.expect("the binary").status.success(), "{id}");
}

#[test]
fn a_file_without_end_is_not_read_to_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("large.json");
    let large = std::fs::File::create(&file).expect("a file");
    // Holes: nothing of it is on the disk.
    large.set_len(1 << 40).expect("a length");
    let output = import(&folder.path().join("data"), &file).output().expect("the binary");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("file: it is larger than 64 MiB."), "{said}");
}

#[tokio::test]
async fn our_own_export_comes_back_exactly() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let person = mara.person["id"].as_str().expect("an id").parse::<UserId>().expect("an id");
    let without_origin = |mut whole: Value| {
        // The id, the names of authors and where in a history an entry was made belong to one document.
        for field in ["id", "threads", "defects"] {
            whole.as_object_mut().expect("an object").remove(field);
        }
        for entry in whole["timeline"].as_array_mut().expect("entries") {
            for field in ["author", "stamp"] {
                entry.as_object_mut().expect("an entry").remove(field);
            }
        }
        for figure in whole["impact"].as_array_mut().expect("figures") {
            figure.as_object_mut().expect("a figure").remove("checker");
        }
        whole
    };
    for (name, json) in incidents() {
        let id = mara.import(&json).await;
        let mut peer = TestPeer::connect(&mara, &id).await;
        let known = peer.value().impact.into_iter().find(|figure| figure.value.is_some()).expect("a known figure");
        peer.run(&postmortem::Command::ChangeFigure(known.id, FigureChange::CheckedBy(person.clone()))).await;
        peer.until_saved().await;
        let exported = mara.get(&format!("/api/postmortems/{id}")).await.expect(200);
        assert!(exported["impact"].to_string().contains("\"checker\":\"Mara\""), "{name}: {}", exported["impact"]);
        let copy = mara.import(&exported.to_string()).await;
        let imported = mara.get(&format!("/api/postmortems/{copy}")).await.expect(200);
        assert_eq!(without_origin(imported), without_origin(exported), "{name}");
    }
}

#[tokio::test]
async fn a_file_in_utf_16_or_with_a_mark_in_front_goes_in() {
    let server = TestServer::start();
    let mara = server.visitor("Mara").await;
    let json = r#"{"title":"Zürich","severity":"SEV-2","timeline":[{"at":"2026-03-10T12:10:43Z","what":"x"}]}"#;
    let wide: Vec<u8> = std::iter::once(0xFEFF).chain(json.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [wide, format!("\u{feff}{json}").into_bytes()] {
        let request = mara.request(Method::POST, "/api/imports").header("content-type", "application/json");
        let created = mara.send(request.body(bytes)).await.expect(201);
        let id = created["id"].as_str().expect("an id");
        let whole = mara.get(&format!("/api/postmortems/{id}")).await.expect(200);
        assert_eq!(whole["title"], "Zürich");
        assert_eq!(
            (&whole["timeline"][0]["at"], &whole["timeline"][0]["precision"]),
            (&json!("2026-03-10T12:10:43Z"), &json!("exact"))
        );
    }
    let request = mara.request(Method::POST, "/api/imports").header("content-type", "application/json");
    let answer = mara.send(request.body(b"{\"title\":\"Z\xFCrich\"}".to_vec())).await;
    assert!(answer.message().contains("Save it as UTF-8"), "{}", answer.text);
}
