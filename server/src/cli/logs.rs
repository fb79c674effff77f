//! The log, on standard error: an event is a line, whatever stands in it, and never tells what people wrote.

use crate::cli::config::LogFormat;
use serde_json::json;
use std::io::{self, IsTerminal, Write};
use tracing_subscriber::EnvFilter;

/// What speaks of bytes of frames and requests at its finest levels, and is never asked for them.
const DISCREET: [&str; 5] = ["tungstenite=info", "tokio_tungstenite=info", "hyper=info", "axum=info", "sqlx=info"];

/// Starts it, for the whole process.
pub fn start(format: LogFormat) {
    let asked = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let directives = DISCREET.iter().filter_map(|directive| directive.parse().ok());
    let filter = directives.fold(asked, EnvFilter::add_directive);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| OneLine(io::stderr()));
    match format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).init(),
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).with_span_list(false).init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        // A message made for the occasion may quote what people wrote; one that stands in the code cannot.
        let message = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("its message is left out");
        tracing::error!(place, problem = message, "panicked");
    }));
}

/// Says something that whoever started the process waits for, whatever the log leaves out.
pub fn say(format: LogFormat, level: &str, sentence: &str) {
    match (format, level) {
        (LogFormat::Json, _) => eprintln!("{}", json!({ "level": level, "message": sentence })),
        (LogFormat::Text, "ERROR") => eprintln!("error: {sentence}"),
        (LogFormat::Text, _) => eprintln!("{sentence}"),
    }
}

/// Keeps an event on its line: one that holds a line break cannot pass for two.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let (line, end) = match event.strip_suffix(b"\n") {
            Some(line) => (line, &b"\n"[..]),
            None => (event, &b""[..]),
        };
        let mut escaped = Vec::with_capacity(event.len());
        for byte in line {
            match byte {
                b'\n' => escaped.extend(b"\\n"),
                b'\r' => escaped.extend(b"\\r"),
                byte => escaped.push(*byte),
            }
        }
        escaped.extend(end);
        self.0.write_all(&escaped)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_a_line_whatever_stands_in_it() {
        let mut written = Vec::new();
        OneLine(&mut written).write_all(b"WARN name=Mara\nERROR forged\r\n").expect("written");
        assert_eq!(String::from_utf8_lossy(&written), "WARN name=Mara\\nERROR forged\\r\n");
    }
}
