//! The bytes of a first visit: the page and everything that it names, compressed as a browser would get it.

use crate::Outcome;
use crate::figures::row;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use std::collections::BTreeSet;

/// One file of the visit.
#[derive(Debug)]
pub struct File {
    path: String,
    bytes: usize,
}

/// Fetches the page of the log and what it names; nothing when the server has no client.
pub async fn first_visit(origin: &str) -> Outcome<Vec<File>> {
    let http = reqwest::Client::new();
    let fetch = async |path: &str| {
        let answer = http.get(format!("{origin}{path}")).header(ACCEPT_ENCODING, "br").send().await?;
        let is_text = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let found = answer.status().is_success();
        Outcome::Ok((found, is_text, answer.bytes().await?))
    };
    let (found, _, page) = fetch("/").await?;
    if !found {
        return Ok(Vec::new());
    }
    let mut files = vec![File { path: "/".into(), bytes: page.len() }];
    for path in paths(std::str::from_utf8(&page)?) {
        let (found, is_page, content) = fetch(&path).await?;
        if found && !is_page {
            files.push(File { path, bytes: content.len() });
        }
    }
    Ok(files)
}

/// Everything in quotes that looks like a file of this server.
fn paths(page: &str) -> BTreeSet<String> {
    let quoted = page.split(['"', '\'']).filter(|word| word.starts_with('/') && !word.starts_with("//"));
    quoted.filter(|word| word.rsplit('/').next().is_some_and(|name| name.contains('.'))).map(str::to_owned).collect()
}

/// Prints the files and their sum.
pub fn print(files: &[File]) {
    if files.is_empty() {
        println!("This server has no client, so a first visit cannot be measured. `cargo xtask bench` builds it.");
        return;
    }
    row(&["first visit, brotli", "KB"]);
    for File { path, bytes } in files {
        row(&[&format!("  {path}"), &kilobytes(*bytes)]);
    }
    let sum = |keep: fn(&File) -> bool| files.iter().filter(|file| keep(file)).map(|file| file.bytes).sum();
    row(&["with the editor", &kilobytes(sum(|_| true))]);
    row(&["without the editor", &kilobytes(sum(|file| !file.path.contains("editor")))]);
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1}", bytes as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_in_attributes_and_imports() {
        let page = r#"<link href="/a.css"><script type="module">import init from '/b-1.js';</script><a href="/">"#;
        assert_eq!(paths(page).into_iter().collect::<Vec<_>>(), ["/a.css", "/b-1.js"]);
    }
}
