//! What people wrote as Markdown in a file of Markdown: it can neither break out of its place nor carry HTML or a link that
//! runs something. And back: such a text as it was written.

/// Schemes that a link of the export may have.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// Markdown that stays in its place: an open code fence is closed, HTML becomes text, and a link that is not of the
/// web or mail loses its power.
pub fn contained(markdown: &str) -> String {
    let mut fence: Option<String> = None;
    let mut lines = Vec::new();
    for line in markdown.trim_end().lines() {
        let mark = fence_mark(line);
        match (&fence, mark) {
            (Some(open), Some(mark)) if mark.starts_with(open.as_str()) && line.trim() == mark => {
                fence = None;
                lines.push(line.to_owned());
            }
            (Some(_), _) => lines.push(line.to_owned()),
            (None, Some(mark)) => {
                fence = Some(mark.to_owned());
                lines.push(line.to_owned());
            }
            (None, None) => lines.push(harmless(line)),
        }
    }
    lines.extend(fence);
    lines.join("\n")
}

/// The run of backticks or tildes that opens or closes a code block.
pub fn fence_mark(line: &str) -> Option<&str> {
    let text = line.trim_start();
    let mark = text.chars().next().filter(|character| matches!(character, '`' | '~'))?;
    let run = text.get(..text.len() - text.trim_start_matches(mark).len())?;
    (run.len() >= 3).then_some(run)
}

/// The line with HTML and other links made text, and a single tilde escaped, which some readers strike out by.
fn harmless(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let code = Code::of(line);
    let mut ticks = 0;
    for (index, character) in line.char_indices() {
        ticks += usize::from(character == '`');
        let rest = line.get(index + character.len_utf8()..).unwrap_or_default();
        if is_harmful(&text, character, rest, code.holds(index, ticks)) {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

/// Whether a character needs a backslash between these.
fn is_harmful(before: &str, character: char, behind: &str, is_in_code: bool) -> bool {
    let is_allowed = |target: &str| {
        let scheme = |scheme: &str| target.get(..scheme.len()).is_some_and(|front| front.eq_ignore_ascii_case(scheme));
        SCHEMES.into_iter().any(scheme)
    };
    let leads = || before.ends_with(']') && !is_allowed(behind.trim_start().trim_start_matches('<'));
    let is_live = match character {
        '<' => {
            behind.starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
                && !is_allowed(behind)
        }
        '(' | ':' => leads(),
        '~' => !before.ends_with('~') && !behind.starts_with('~') && !is_in_code,
        _ => false,
    };
    is_live && !is_escaped(before)
}

/// Where a line may hold code between backticks.
struct Code {
    last: usize,
}

impl Code {
    fn of(line: &str) -> Self {
        Self { last: line.rfind('`').unwrap_or(0) }
    }

    /// Whether a place with so many backticks before it stands between two of them.
    fn holds(&self, index: usize, ticks: usize) -> bool {
        ticks % 2 == 1 && index < self.last
    }
}

/// Whether what comes behind this is escaped already.
fn is_escaped(before: &str) -> bool {
    (before.len() - before.trim_end_matches('\\').len()) % 2 == 1
}

/// The text of which [`contained`] made this. A backslash that its author had put where one would be added anyway is not
/// told from that, and means the same.
pub fn as_written(contained: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut lines = Vec::new();
    for line in contained.split('\n') {
        let mark = fence_mark(line);
        match (fence, mark) {
            (Some(open), Some(mark)) if mark.starts_with(open) && line.trim() == mark => fence = None,
            (None, Some(mark)) => fence = Some(mark),
            (Some(_), _) => {}
            (None, None) => {
                lines.push(without_escapes(line));
                continue;
            }
        }
        lines.push(line.to_owned());
    }
    lines.join("\n")
}

/// The line without the backslashes that `harmless` puts there.
fn without_escapes(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let code = Code::of(line);
    let mut ticks = 0;
    for (index, character) in line.char_indices() {
        ticks += usize::from(character == '`');
        let (before, rest) = line.split_at(index);
        let mut behind = rest.chars();
        behind.next();
        let is_added = character == '\\'
            && behind.next().is_some_and(|next| is_harmful(before, next, behind.as_str(), code.holds(index, ticks)));
        if !is_added {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_tilde_is_escaped() {
        assert_eq!(contained("~5~10 min, ~~gone~~ and `~/x` and \\~"), "\\~5\\~10 min, ~~gone~~ and `~/x` and \\~");
    }

    #[test]
    fn what_is_escaped_already_is_not_made_live_again() {
        for (text, safe) in
            [("\\<b>", "\\<b>"), ("\\\\<b>", "\\\\\\<b>"), ("\\\\~", "\\\\\\~"), ("[a]\\(x)", "[a]\\(x)")]
        {
            assert_eq!(contained(text), safe, "{text}");
        }
    }

    #[test]
    fn escapes_are_taken_off_again_and_no_other_backslash() {
        for text in [
            "~5 min",
            "a ~ b",
            "<b> & <!-- x",
            "[a](javascript:x)",
            "[a]: b",
            "\\* \\_x\\_ \\# C:\\x",
            "\\\\~",
            "~~x~~",
            "`~` ~",
            "```\n~ <b>\n```",
            "\\[x]",
        ] {
            assert_eq!(as_written(&contained(text)), text);
        }
    }

    #[test]
    fn an_open_code_block_ends_with_its_section() {
        assert_eq!(contained("```sql\nselect '<b>'"), "```sql\nselect '<b>'\n```");
        assert_eq!(contained("~~~\n```\n~~~\n<b>"), "~~~\n```\n~~~\n\\<b>");
    }

    #[test]
    fn only_links_of_the_web_and_mail_work() {
        assert_eq!(
            contained("[a](https://a.example) <https://b.example>"),
            "[a](https://a.example) <https://b.example>"
        );
        for (text, safe) in [
            ("[a](javascript:alert(1))", "[a]\\(javascript:alert(1))"),
            ("[a]( <JaVaScRiPt:x>)", "[a]\\( \\<JaVaScRiPt:x>)"),
            ("[a](&#106;avascript:x)", "[a]\\(&#106;avascript:x)"),
            ("[a]: javascript:x", "[a]\\: javascript:x"),
            ("<javascript:x>", "\\<javascript:x>"),
            ("<!-- gone", "\\<!-- gone"),
        ] {
            assert_eq!(contained(text), safe);
        }
    }
}
