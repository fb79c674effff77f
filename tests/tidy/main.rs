//! Keeps what `docs/architecture.md` promises about the tree: who may name what, where things stand, and that the
//! documents speak of files and commands that exist.

#![expect(clippy::expect_used, reason = "a test may end at what it did not expect")]

mod imports;
mod permits;
mod structure;

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

/// The files that git tracks, with their text; files that are no text are left out.
fn tracked(ending: &str) -> Vec<(String, String)> {
    let output = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().expect("git runs");
    let names = String::from_utf8(output.stdout).expect("names are UTF-8");
    let files: Vec<(String, String)> = names
        .split('\0')
        .filter(|name| name.ends_with(ending) && !name.is_empty())
        .filter_map(|name| Some((name.to_owned(), std::fs::read_to_string(root().join(name)).ok()?)))
        .collect();
    assert!(!files.is_empty(), "no file ends with {ending}");
    files
}

/// The part of a Rust file that is not tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn offenders(ending: &str, is_wrong: impl Fn(&str, &str) -> bool) -> Vec<String> {
    tracked(ending).into_iter().filter(|(name, text)| is_wrong(name, text)).map(|(name, _)| name).collect()
}

#[test]
fn every_rust_file_says_what_it_owns() {
    assert_eq!(offenders(".rs", |_, text| !text.starts_with("//! ")), Vec::<String>::new());
}

#[test]
fn no_file_is_named_for_a_drawer() {
    let drawers = ["utils.rs", "util.rs", "common.rs", "helpers.rs", "misc.rs", "mod.rs"];
    assert_eq!(
        offenders(".rs", |name, _| drawers.iter().any(|drawer| name.rsplit('/').next() == Some(drawer))),
        Vec::<String>::new()
    );
}

#[test]
fn only_the_domain_names_the_crdt() {
    let wrong = offenders(".rs", |name, text| {
        !name.starts_with("postmortem/") && text.contains("yrs::") && !name.starts_with("tests/tidy")
    });
    assert_eq!(wrong, Vec::<String>::new());
    let wrong = offenders("Cargo.toml", |name, text| {
        !["postmortem/Cargo.toml", "Cargo.toml", "fuzz/Cargo.toml"].contains(&name) && text.contains("yrs")
    });
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_domain_has_no_clock_no_randomness_and_no_input_or_output() {
    let forbidden = ["std::fs", "std::net", "std::env", "Utc::now", "SystemTime", "Instant::now", "rand::", "tokio"];
    let wrong = offenders(".rs", |name, text| {
        name.starts_with("postmortem/") && forbidden.iter().any(|word| code(text).contains(word))
    });
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_client_never_sees_the_server() {
    let wrong = offenders(".rs", |name, text| name.starts_with("app/") && text.contains("server::"));
    assert_eq!(wrong, Vec::<String>::new());
    let manifest = std::fs::read_to_string(root().join("app/Cargo.toml")).expect("a manifest");
    assert!(!manifest.contains("server.workspace") && !manifest.contains("../server"), "app depends on server");
}

#[test]
fn the_server_calls_only_the_published_page_of_the_client() {
    let wrong = offenders(".rs", |name, text| {
        name.starts_with("server/")
            && text.match_indices("app::").any(|(at, _)| {
                let stands_alone = !text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
                stands_alone && !text[at..].starts_with("app::published")
            })
    });
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn sql_stands_in_the_store_alone() {
    let wrong = offenders(".rs", |name, text| {
        name.starts_with("server/src/") && !name.starts_with("server/src/store") && text.contains("sqlx::query")
    });
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_others_are_told_of_is_written_and_told_in_one_place() {
    let telling = ["rooms.announce", ".tell_of_thread(", "rooms.delete("];
    let told = offenders(".rs", |name, text| {
        name.starts_with("server/src/")
            && !["server/src/announce.rs", "server/src/sync/rooms.rs"].contains(&name)
            && telling.iter().any(|call| code(text).contains(call))
    });
    assert_eq!(told, Vec::<String>::new());
    let written = offenders(".rs", |name, text| {
        let answers = name.starts_with("server/src/http/routes") || name == "server/src/work/publication.rs";
        // A new session is told to nobody, nor is a new account.
        let is_beginning = ["accounts.rs", "sessions.rs"].iter().any(|file| name.ends_with(&format!("/routes/{file}")));
        answers && !is_beginning && code(text).contains("store.write()")
    });
    assert_eq!(written, Vec::<String>::new());
}

#[test]
fn one_file_reads_the_clock_and_one_chooses_http_statuses() {
    let now = offenders(".rs", |name, text| {
        name.starts_with("server/src/")
            && name != "server/src/clock.rs"
            && ["Utc::now", "SystemTime::now"].iter().any(|call| code(text).contains(call))
    });
    assert_eq!(now, Vec::<String>::new());
    let environment = offenders(".rs", |name, text| {
        name.starts_with("server/src/") && name != "server/src/cli/config.rs" && code(text).contains("std::env::var")
    });
    assert_eq!(environment, Vec::<String>::new());
    let errors = offenders(".rs", |name, text| {
        let statuses = ["BAD_REQUEST", "UNAUTHORIZED", "FORBIDDEN", "NOT_FOUND", "UNPROCESSABLE", "INTERNAL_SERVER"];
        name.starts_with("server/src/")
            && name != "server/src/error.rs"
            && statuses.iter().any(|status| code(text).contains(&format!("StatusCode::{status}")))
    });
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn only_the_network_folder_of_the_client_talks_to_the_network() {
    let wrong = offenders(".rs", |name, text| {
        name.starts_with("app/src/")
            && !name.starts_with("app/src/client")
            && ["gloo_net", "WebSocket::new", "fetch_with"].iter().any(|word| text.contains(word))
    });
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_clients_half_of_sync_knows_no_page_and_no_browser() {
    let forbidden = [
        "leptos",
        "web_sys",
        "js_sys",
        "wasm_bindgen",
        "gloo",
        "crate::client",
        "crate::state",
        "crate::pages",
        "crate::editor",
        "crate::controls",
        "async ",
        "_ =>",
    ];
    let is_test = |name: &str| name.contains("/tests/") || name.ends_with("/tests.rs");
    let is_sync = |name: &str| (name == "app/src/sync.rs" || name.starts_with("app/src/sync/")) && !is_test(name);
    let wrong = |name: &str, text: &str| is_sync(name) && forbidden.iter().any(|word| code(text).contains(word));
    assert_eq!(offenders(".rs", wrong), Vec::<String>::new());
    assert!(wrong("app/src/sync/standing.rs", "use leptos::prelude::*;"));
}

#[test]
fn nothing_is_left_unfinished() {
    let words = ["todo!(", "unimplemented!(", "#[ignore", "FIXME", "XXX"];
    let wrong =
        offenders(".rs", |name, text| !name.starts_with("tests/tidy") && words.iter().any(|word| text.contains(word)));
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn markup_has_no_style_attributes() {
    let wrong = offenders(".rs", |name, text| name.starts_with("app/src/reader") && text.contains("style="));
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn documents_name_files_that_exist() {
    let folders = ["postmortem/", "app/", "server/", "style/", "public/", "tests/", "docs/", "xtask/", "fuzz/"];
    let mut missing = Vec::new();
    for (document, text) in tracked(".md") {
        for quoted in text.split('`').skip(1).step_by(2) {
            let is_path = folders.iter().any(|folder| quoted.starts_with(folder))
                && !quoted.contains(['*', ' ', '{', '<', '('])
                && !quoted.contains("app/dist");
            if is_path && !root().join(quoted).exists() {
                missing.push(format!("{document}: {quoted}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_command_of_the_binary_in_the_documents_is_run_by_a_test() {
    let tests: String =
        tracked(".rs").into_iter().filter(|(name, _)| name.starts_with("tests/")).map(|(_, text)| text).collect();
    let mut never_run = Vec::new();
    for (document, text) in tracked(".md") {
        // In prose the name alone may stand before any word; as a command it begins a line or a quotation.
        let commands = text.split(['`', '\n']).filter_map(|line| line.strip_prefix("debrief "));
        for command in commands {
            let words: Vec<&str> = command.split_whitespace().collect();
            let is_run = |word: &&str| tests.contains(&format!("\"{word}\""));
            let name = words.first().copied().unwrap_or_default();
            let options = words.iter().filter(|word| word.starts_with("--"));
            never_run.extend(
                [&name]
                    .into_iter()
                    .chain(options)
                    .filter(|word| !is_run(word))
                    .map(|word| format!("{document}: debrief {command}: {word}")),
            );
        }
    }
    assert_eq!(never_run, Vec::<String>::new());
}

#[test]
fn documents_name_commands_that_exist() {
    let known = ["run", "test", "bench", "soak", "help"];
    let mut unknown = Vec::new();
    for (document, text) in tracked(".md") {
        for rest in text.split("cargo xtask ").skip(1) {
            let word: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
            if !known.contains(&word.as_str()) {
                unknown.push(format!("{document}: cargo xtask {word}"));
            }
        }
    }
    assert_eq!(unknown, Vec::<String>::new());
    let chores = std::fs::read_to_string(root().join("xtask/src/main.rs")).expect("the chores");
    for word in known {
        assert!(chores.contains(&format!("\"{word}\"")), "xtask has no {word}");
    }
}
