//! The built client, embedded in the binary. The server builds and runs without one; then it says so on its page.

use axum::body::Bytes;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../app/dist"]
#[allow_missing = true]
struct Dist;

#[derive(Debug, Clone)]
pub struct Asset {
    pub content: Bytes,
    pub content_type: &'static str,
    /// An entity tag of the content.
    pub tag: String,
    /// Whether the content is brotli-compressed.
    pub is_brotli: bool,
    /// Whether the name changes with the content.
    pub is_immutable: bool,
}

/// The page with its place for the nonce, `{{nonce}}`.
pub fn page() -> Option<String> {
    let file = Dist::get("index.html")?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// The file of a path; its compressed twin where the browser takes it. The page itself is not among them.
pub fn find(path: &str, accepts_brotli: bool) -> Option<Asset> {
    if path == "index.html" || path.ends_with(".br") {
        return None;
    }
    // Browsers ask for this name where a page names no icon, as published pages do.
    if path == "favicon.ico" {
        let icon = Dist::iter().find(|name| name.starts_with("favicon") && name.ends_with(".svg"))?;
        return find(&icon, accepts_brotli).map(|asset| Asset { is_immutable: false, ..asset });
    }
    let compressed = if accepts_brotli { Dist::get(&format!("{path}.br")) } else { None };
    let is_brotli = compressed.is_some();
    let file = compressed.or_else(|| Dist::get(path))?;
    Some(asset(path, file, is_brotli))
}

fn asset(path: &str, file: EmbeddedFile, is_brotli: bool) -> Asset {
    let hash = file.metadata.sha256_hash();
    let tag: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    Asset {
        content: Bytes::from(file.data.into_owned()),
        content_type: content_type(path),
        tag: format!("\"{tag}\""),
        is_brotli,
        is_immutable: has_hashed_name(path),
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn has_hashed_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split(['-', '.', '_']).any(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_with_a_hash_is_kept_for_ever() {
        assert!(has_hashed_name("debrief-app-1f2e3d4c5b6a7980_bg.wasm"));
        assert!(has_hashed_name("fonts/main-0123456789abcdef.css"));
        assert!(!has_hashed_name("manifest.webmanifest"));
        assert!(!has_hashed_name("icon-192.png"));
    }
}
