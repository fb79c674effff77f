//! `debrief import` and `debrief export`, as operators run them.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tests::{Process, debrief, incident, incidents};

fn run(data: &Path, command: &str, arguments: &[&str]) -> Output {
    let mut debrief = Command::new(debrief());
    debrief.arg(command).arg("--data").arg(data).args(arguments);
    debrief.output().expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn file(folder: &Path, name: &str, content: &str) -> String {
    let path: PathBuf = folder.join(name);
    std::fs::write(&path, content).expect("a file");
    path.to_string_lossy().into_owned()
}

#[test]
fn an_import_prints_the_ids_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let files: Vec<String> =
        incidents().iter().map(|(name, json)| file(folder.path(), &format!("{name}.json"), json)).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let output = run(&data, "import", &files);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let printed = text(&output.stdout);
    let ids: Vec<&str> = printed.lines().collect();
    assert_eq!(ids.len(), 5, "{printed}");

    // Sorted by name, the fourth is GitHub's, with its 19 entries.
    let json = run(&data, "export", &[ids[3], "--format", "json"]);
    let whole: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(whole["id"], ids[3]);
    assert_eq!(whole["timeline"].as_array().map(Vec::len), Some(19));
    let markdown = text(&run(&data, "export", &[ids[3], "--format", "markdown"]).stdout);
    assert!(markdown.starts_with("# ") && markdown.contains("\n## Timeline\n"), "{markdown}");
    let html = text(&run(&data, "export", &[ids[3], "--format", "html"]).stdout);
    assert!(html.to_ascii_lowercase().starts_with("<!doctype html>"), "{html}");
}

#[test]
fn a_broken_file_is_named_and_the_others_go_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let good = file(folder.path(), "good.json", &incident("github"));
    let bad = file(folder.path(), "bad.json", &incident("github").replacen("22:52:00Z", "26:52:00Z", 1));
    let missing = folder.path().join("missing.json").to_string_lossy().into_owned();
    let output = run(&data, "import", &[&bad, &good, &missing]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout).lines().count(), 1);
    let errors = text(&output.stderr);
    assert!(errors.contains("bad.json: started_at"), "{errors}");
    assert!(errors.contains("missing.json"), "{errors}");
    assert!(errors.contains("2 of 3 files"), "{errors}");
}

#[test]
fn what_cannot_be_is_said_in_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = run(folder.path(), "export", &["nope", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("there is no post-mortem nope"), "{}", text(&output.stderr));
    let output = run(folder.path(), "import", &["--database", "postgres://db", "x.json"]);
    assert!(text(&output.stderr).contains("not built yet"), "{}", text(&output.stderr));
}

#[test]
fn a_server_that_says_that_it_listens_stops_well_from_then_on() {
    let folder = tempfile::tempdir().expect("a folder");
    for _ in 0..5 {
        assert!(Process::start(folder.path()).terminate());
    }
}
