//! Several lines on the clipboard, which a field of one line would run together.

/// The pasted text, when it is more than one line.
pub fn pasted_lines(event: &web_sys::ClipboardEvent) -> Option<String> {
    let text = event.clipboard_data()?.get_data("text/plain").ok()?.replace("\r\n", "\n").replace('\r', "\n");
    (text.trim().lines().count() > 1).then_some(text)
}
