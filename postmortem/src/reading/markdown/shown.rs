//! What of a Markdown text is shown, event by event: every word that its author sees while writing, and nothing that
//! runs. Raw HTML, links whose target is none of ours and cells beyond a table's head stand there as they were written.

use super::address::{Destination, addresses};
use super::stand_ins::StandIns;
use super::{harmless, parser};
use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, LinkType, Tag, TagEnd};
use std::ops::Range;

/// An event whose text is as it was written.
pub(super) type Shown = Event<'static>;

/// The events of a text with the bytes of the Markdown that they come from.
pub(super) fn shown(markdown: &str) -> Vec<(Shown, Range<usize>)> {
    let stand_ins = StandIns::new(markdown);
    let mut reader = Reader::of(markdown, &stand_ins);
    for (event, range) in parser(&stand_ins.text).into_offset_iter() {
        reader.take(event, range);
    }
    reader.end_words();
    reader.shown
}

struct Reader<'a> {
    markdown: &'a str,
    stand_ins: &'a StandIns<'a>,
    shown: Vec<(Shown, Range<usize>)>,
    /// Text since the last event of another kind: an address may reach over several pieces of it.
    words: Vec<(String, Range<usize>)>,
    /// What to write at the end of each open link or picture, in whose words an address is no link of its own.
    open: Vec<Closing>,
    /// The number that the next item of each open list is expected to have; none for bullets.
    lists: Vec<Option<u64>>,
    /// Whether each open item's tag was written here.
    items: Vec<bool>,
    table: Table,
    is_code: bool,
    /// Where the Markdown was last read to.
    read_to: usize,
    /// Where a link begins that stands there as it was written, until the first of its words.
    written_from: Option<usize>,
    /// Whether a line of markup has ended and the next has not begun.
    is_between_lines: bool,
}

enum Closing {
    /// It stayed a link.
    Link,
    /// It stands there as it was written; the rest of it ends here.
    Text(usize),
}

#[derive(Default)]
struct Table {
    columns: Vec<Alignment>,
    is_head: bool,
    column: usize,
    row: Range<usize>,
    /// Where the last cell of the row ends.
    cell_end: usize,
}

impl<'a> Reader<'a> {
    fn of(markdown: &'a str, stand_ins: &'a StandIns<'a>) -> Self {
        Self {
            markdown,
            stand_ins,
            shown: Vec::new(),
            words: Vec::new(),
            open: Vec::new(),
            lists: Vec::new(),
            items: Vec::new(),
            table: Table::default(),
            is_code: false,
            read_to: 0,
            written_from: None,
            is_between_lines: false,
        }
    }

    fn source(&self, range: Range<usize>) -> &'a str {
        self.markdown.get(range).unwrap_or_default()
    }

    fn push(&mut self, event: Shown, range: Range<usize>) {
        self.end_words();
        self.shown.push((event, range));
    }

    fn markup(&mut self, tag: String, range: Range<usize>) {
        self.push(Event::InlineHtml(tag.into()), range);
    }

    fn text(&mut self, words: &str, range: Range<usize>) {
        if words.is_empty() {
            return;
        }
        if self.is_code || !self.open.is_empty() {
            self.push(Event::Text(words.to_owned().into()), range);
        } else {
            self.words.push((words.to_owned(), range));
        }
    }

    /// A part of the Markdown as it is, in which nothing is a link.
    fn as_written(&mut self, range: Range<usize>) {
        let source = self.source(range.clone());
        self.end_words();
        push_text(&mut self.shown, Some(source), range);
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        if let Some(from) = self.written_from.take() {
            self.as_written(from..range.start);
        }
        match event {
            Event::Start(tag) => {
                self.read_to = range.start;
                return self.start(tag, range);
            }
            Event::End(tag) => return self.end(tag, range),
            Event::Text(words) => self.text(&self.stand_ins.put_back(&words), range.clone()),
            Event::Code(words) => self.push(Event::Code(self.stand_ins.put_back(&words).into()), range.clone()),
            Event::Html(words) | Event::InlineHtml(words) => self.html(&self.stand_ins.put_back(&words), range.clone()),
            // A line that was typed is a line.
            Event::SoftBreak | Event::HardBreak => self.push(Event::HardBreak, range.clone()),
            Event::TaskListMarker(is_done) => {
                let (class, label) = if is_done { ("task done", "done") } else { ("task", "not done") };
                let tag = format!("<span class=\"{class}\" role=\"img\" aria-label=\"{label}\"></span>");
                self.markup(tag, range.clone());
            }
            other => self.push(other.into_static(), range.clone()),
        }
        self.read_to = range.end;
    }

    /// Markup that people wrote is text, line for line.
    fn html(&mut self, words: &str, range: Range<usize>) {
        let mut at = range.start;
        for line in words.split_inclusive('\n') {
            if std::mem::take(&mut self.is_between_lines) {
                self.push(Event::HardBreak, at..at);
            }
            let text = line.trim_end_matches(['\n', '\r']);
            self.text(text, at..at + text.len());
            self.is_between_lines = text.len() < line.len();
            at += line.len();
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Link { dest_url, title, link_type, .. } | Tag::Image { dest_url, title, link_type, .. } => {
                let target = self.stand_ins.put_back(&dest_url);
                let target = if link_type == LinkType::Email { format!("mailto:{target}") } else { target };
                match harmless(&target) {
                    Some(target) => {
                        let title = self.stand_ins.put_back(&title);
                        self.markup(opening(&target, &title), range.clone());
                        self.open.push(Closing::Link);
                    }
                    None => {
                        self.written_from = Some(range.start);
                        self.open.push(Closing::Text(range.end));
                    }
                }
            }
            Tag::HtmlBlock => {
                self.is_between_lines = false;
                self.push(Event::Start(Tag::Paragraph), range);
            }
            Tag::Heading { level, .. } => {
                let tag = Tag::Heading { level: lowered(level), id: None, classes: vec![], attrs: vec![] };
                self.push(Event::Start(tag), range);
            }
            Tag::List(first) => {
                self.lists.push(first);
                self.push(Event::Start(Tag::List(first)), range);
            }
            Tag::Item => self.item(range),
            Tag::Table(columns) => {
                // Alignment as style attributes is what the published page's policy forbids.
                let plain = vec![Alignment::None; columns.len()];
                self.table = Table { columns, ..Table::default() };
                self.push(Event::Start(Tag::Table(plain)), range);
            }
            Tag::TableHead | Tag::TableRow => {
                self.table.is_head = tag == Tag::TableHead;
                (self.table.column, self.table.cell_end) = (0, range.start);
                self.table.row = range.clone();
                self.push(Event::Start(tag.into_static()), range);
            }
            Tag::TableCell => self.cell(range),
            Tag::CodeBlock(kind) => self.code(kind, range),
            other => self.push(Event::Start(other.into_static()), range),
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Link | TagEnd::Image => match self.open.pop() {
                Some(Closing::Link) => self.markup("</a>".to_owned(), range.clone()),
                Some(Closing::Text(end)) => {
                    let from = self.read_to.max(range.start);
                    self.as_written(from..end);
                }
                None => {}
            },
            TagEnd::HtmlBlock => self.push(Event::End(TagEnd::Paragraph), range.clone()),
            TagEnd::Heading(level) => self.push(Event::End(TagEnd::Heading(lowered(level))), range.clone()),
            TagEnd::List(_) => {
                self.lists.pop();
                self.push(Event::End(tag), range.clone());
            }
            TagEnd::Item => match self.items.pop() {
                Some(true) => self.push(Event::Html("</li>\n".into()), range.clone()),
                Some(false) | None => self.push(Event::End(tag), range.clone()),
            },
            TagEnd::TableCell => {
                let name = if self.table.is_head { "th" } else { "td" };
                self.markup(format!("</{name}>"), range.clone());
                self.table.column += 1;
                self.table.cell_end = range.end;
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                self.cells_beyond_the_head();
                self.push(Event::End(tag), range.clone());
            }
            TagEnd::CodeBlock => {
                self.is_code = false;
                self.push(Event::End(tag), range.clone());
            }
            other => self.push(Event::End(other), range.clone()),
        }
        self.read_to = range.end;
    }

    /// What stands behind the opening fence is a language, or a first line that somebody began too early.
    fn code(&mut self, kind: CodeBlockKind<'_>, range: Range<usize>) {
        let source = self.source(range.clone());
        let line = source.lines().next().unwrap_or_default();
        let info = line.trim_start_matches(['`', '~']).trim();
        let at = range.start + line.trim_end().len() - info.len();
        let kind = match kind {
            CodeBlockKind::Fenced(_) if is_language(info) => CodeBlockKind::Fenced(info.to_owned().into()),
            CodeBlockKind::Fenced(_) => CodeBlockKind::Fenced("".into()),
            CodeBlockKind::Indented => CodeBlockKind::Indented,
        };
        let is_line = matches!(&kind, CodeBlockKind::Fenced(language) if **language != *info);
        self.push(Event::Start(Tag::CodeBlock(kind)), range);
        self.is_code = true;
        if is_line {
            self.text(info, at..at + info.len());
            self.text("\n", at + info.len()..at + info.len());
        }
    }

    /// An item of a numbered list keeps the number that its author sees.
    fn item(&mut self, range: Range<usize>) {
        let source = self.source(range.clone());
        let digits = source.find(|character: char| !character.is_ascii_digit()).unwrap_or(0);
        let number = source.get(..digits).and_then(|digits| digits.parse::<u64>().ok());
        let expected = self.lists.last_mut().and_then(Option::as_mut);
        let differs = match (expected, number) {
            (Some(expected), Some(number)) => {
                let differs = *expected != number;
                *expected = number + 1;
                differs
            }
            _ => false,
        };
        self.items.push(differs);
        match number.filter(|_| differs) {
            Some(number) => self.push(Event::Html(format!("<li value=\"{number}\">").into()), range),
            None => self.push(Event::Start(Tag::Item), range),
        }
    }

    fn cell(&mut self, range: Range<usize>) {
        let name = if self.table.is_head { "th" } else { "td" };
        let class = match self.table.columns.get(self.table.column) {
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::Left | Alignment::None) | None => "",
        };
        self.markup(format!("<{name}{class}>"), range);
    }

    /// What stands in a row behind the last column of the head has cells of its own.
    fn cells_beyond_the_head(&mut self) {
        let (from, end) = (self.table.cell_end, self.table.row.end);
        let rest = self.source(from..end);
        let trimmed = rest.trim_end();
        let trimmed = trimmed.strip_suffix('|').filter(|rest| !rest.ends_with('\\')).unwrap_or(trimmed);
        let mut at = from;
        let mut cells = Vec::new();
        let mut start = from;
        let mut is_escaped = false;
        for character in trimmed.chars() {
            if character == '|' && !is_escaped {
                cells.push(start..at);
                start = at + 1;
            }
            is_escaped = character == '\\' && !is_escaped;
            at += character.len_utf8();
        }
        cells.push(start..at);
        // The first piece is what stands between the last cell and the bar behind it.
        for range in cells.into_iter().skip(1) {
            let source = self.source(range.clone());
            let words = source.trim();
            let from = range.start + source.len() - source.trim_start().len();
            self.cell(range.clone());
            self.text(words, from..from + words.len());
            let name = if self.table.is_head { "th" } else { "td" };
            self.markup(format!("</{name}>"), range);
        }
    }

    /// Hands on the text at hand, with its addresses as links.
    fn end_words(&mut self) {
        let words = std::mem::take(&mut self.words);
        let whole: String = words.iter().map(|(text, _)| text.as_str()).collect();
        let mut addresses = addresses(&whole);
        let mut start = 0;
        // Where the text stands in the Markdown as it is, each part of it has its own place; what is written otherwise
        // (an entity, an escape) is a part of no address.
        let pieces: Vec<(Range<usize>, Range<usize>, bool)> = words
            .iter()
            .map(|(text, place)| {
                let piece = start..start + text.len();
                start = piece.end;
                (piece, place.clone(), self.source(place.clone()) == text)
            })
            .collect();
        addresses.retain(|address| {
            let overlaps = |piece: &Range<usize>| piece.start < address.range.end && address.range.start < piece.end;
            let mut behind = None;
            pieces.iter().filter(|(piece, ..)| overlaps(piece)).all(|(_, place, is_verbatim)| {
                *is_verbatim && behind.replace(place.end).is_none_or(|end| end == place.start)
            })
        });
        let mut addresses = addresses.into_iter().peekable();
        for (piece, place, is_verbatim) in pieces {
            let place_of = |from: usize, to: usize| {
                if is_verbatim {
                    place.start + from - piece.start..place.start + to - piece.start
                } else {
                    place.clone()
                }
            };
            let mut at = piece.start;
            while let Some(Destination { range, target }) = addresses.peek().filter(|next| next.range.start < piece.end)
            {
                let (from, to) = (range.start.max(at), range.end.min(piece.end));
                push_text(&mut self.shown, whole.get(at..from), place_of(at, from));
                if range.start >= piece.start {
                    self.shown.push((Event::InlineHtml(opening(target, "").into()), place_of(from, from)));
                }
                push_text(&mut self.shown, whole.get(from..to), place_of(from, to));
                at = to;
                if range.end > piece.end {
                    break;
                }
                self.shown.push((Event::InlineHtml("</a>".into()), place_of(to, to)));
                addresses.next();
            }
            push_text(&mut self.shown, whole.get(at..piece.end), place_of(at, piece.end));
        }
    }
}

/// Whether an info string names a language, as `sh`, `c++` or `objective-c` do. The editor asks the same (`live.js`).
fn is_language(info: &str) -> bool {
    info.len() <= 20 && info.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+#.-".contains(&byte))
}

fn push_text(shown: &mut Vec<(Shown, Range<usize>)>, text: Option<&str>, range: Range<usize>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        shown.push((Event::Text(text.to_owned().into()), range));
    }
}

fn opening(target: &str, title: &str) -> String {
    let title = if title.is_empty() { String::new() } else { format!(" title=\"{}\"", escaped(title)) };
    format!("<a class=\"lnk\" href=\"{}\"{title} rel=\"noopener noreferrer nofollow\">", escaped(target))
}

fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn lowered(level: HeadingLevel) -> HeadingLevel {
    use HeadingLevel::{H1, H2, H3, H4, H5, H6};
    match level {
        H1 => H3,
        H2 => H4,
        H3 => H5,
        H4 | H5 | H6 => H6,
    }
}
