//! The published page: one finished HTML document without script, with its style inline and no style attributes, so
//! that a strict policy can name the one hash. Rendered from a value at publish time and stored; nothing here is live.

use crate::reader::colophon::{lowered, roles_in_words, sources};
use crate::reader::contents::{self, anchor, further, has_section, has_timeline};
use crate::reader::{
    ActionTable, Colophon, Facts, Figures, Legend, Prose, StripFigure, Timeline, figures, rail_measures,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use postmortem::rail::{self, RailRow};
use postmortem::{Link, Postmortem, SectionKey, Zone, markdown, names, section, strip};
use sha2::{Digest, Sha256};

/// The parts of `style/` that a published page shows, in the order of `main.css`.
const STYLE: &str = concat!(
    include_str!("../../style/tokens.css"),
    include_str!("../../style/base.css"),
    include_str!("../../style/marks.css"),
    include_str!("../../style/sections.css"),
    include_str!("../../style/impact.css"),
    include_str!("../../style/rail.css"),
    include_str!("../../style/actions.css"),
    include_str!("../../style/published.css"),
    include_str!("../../style/print.css"),
);

/// The longest description for previews of the link; what shows it cuts at about this length.
const LONGEST_DESCRIPTION: usize = 200;

/// What is published, as which version, when and by whom.
pub struct PublishedRevision<'a> {
    pub postmortem: &'a Postmortem,
    pub revision: u32,
    pub published_at: DateTime<Utc>,
    /// The display name of the publisher; the page says their role, if they have one.
    pub published_by: &'a str,
}

/// A finished document, and what its content security policy has to allow.
pub struct PublishedPage {
    pub html: String,
    /// The SHA-256 of the one style element's text in Base64, as it stands behind `sha256-` in `style-src`.
    pub style_hash: String,
}

/// The page that readers get.
pub fn page(published: &PublishedRevision) -> PublishedPage {
    let postmortem = &contents::for_readers(published.postmortem);
    let rows = rail::rows(&postmortem.timeline, &postmortem.details, Zone::UTC);
    let style = format!("{STYLE}{}", rail_measures(&rows));
    let description = described(&markdown::to_text(postmortem.section("overview")));
    let body = view! {
        <main class="page">
            {header(postmortem)}
            {table_of_contents(&contents::parts(postmortem))}
            {main_sections(postmortem, rows)}
            <Colophon
                revision=published.revision
                published_at=published.published_at
                published_by=role_of(postmortem, published.published_by).map(|role| lowered(&role))
                roles=roles_in_words(&postmortem.responders)
                sources=further_sources(postmortem)
            />
        </main>
    };
    document(postmortem.details.title_or_placeholder(), &description, style, body.into_any())
}

/// What stands at a link whose publication was withdrawn.
pub fn withdrawn_page() -> PublishedPage {
    plain_page(
        "This page was withdrawn",
        "The people who wrote it took it back; it may come back under the same link. Ask whoever sent you the link.",
    )
}

/// What stands at a page for the team, for whoever is not signed in.
pub fn signed_out_page() -> PublishedPage {
    let title = "This page is for people who are signed in";
    let body = view! {
        <main class="page absent">
            <h1>{title}</h1>
            <p>
                <a href="/">"Sign in"</a>
                ", and follow the link again. Who has no account asks whoever sent the link."
            </p>
        </main>
    };
    document(title, "", STYLE.to_owned(), body.into_any())
}

/// What stands there for somebody who is signed in and is not of the team.
pub fn closed_page() -> PublishedPage {
    plain_page(
        "This page is for the members of the team",
        "You are signed in, and not a member of it. Ask whoever sent you the link.",
    )
}

/// What stands at a link that never led anywhere.
pub fn missing_page() -> PublishedPage {
    plain_page(
        "Nothing is published here",
        "The link may have been cut off when it was copied. Ask whoever sent it to you for the whole link.",
    )
}

fn plain_page(title: &'static str, sentence: &'static str) -> PublishedPage {
    let body = view! { <main class="page absent"><h1>{title}</h1><p>{sentence}</p></main> };
    document(title, "", STYLE.to_owned(), body.into_any())
}

fn document(title: &str, description: &str, style: String, body: AnyView) -> PublishedPage {
    let style_hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
    let described = (!description.is_empty()).then(|| {
        view! {
            <meta name="description" content=description.to_owned()/>
            {preview("og:description", description)}
        }
    });
    let html = view! {
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                // The link is for the people it was sent to.
                <meta name="robots" content="noindex"/>
                <title>{title.to_owned()}</title>
                {preview("og:title", title)}
                {preview("og:type", "article")}
                {described}
                <style inner_html=style></style>
            </head>
            <body>{body}</body>
        </html>
    };
    // Leptos marks places for hydration, which a page without script has no use for. Written text cannot hold the
    // marker, since its '<' is escaped.
    let html = format!("<!doctype html>\n{}", html.to_html().replace("<!>", ""));
    PublishedPage { html, style_hash }
}

/// What shows a preview of the link reads these.
fn preview(property: &'static str, content: &str) -> impl IntoView + use<> {
    leptos::html::meta().attr("property", property).content(content.to_owned())
}

fn header(postmortem: &Postmortem) -> AnyView {
    let overview = postmortem.section("overview");
    let lede = (!overview.trim().is_empty()).then(|| view! { <Prose text=overview.to_owned() class="prose lede"/> });
    let readings = figures::known(postmortem, |figure| {
        let role = figure.checker.as_deref().and_then(|name| names::role_of(postmortem, name));
        role.unwrap_or_else(|| "one of its authors".to_owned())
    });
    let figures = (!readings.is_empty()).then(|| view! { <Figures readings=readings/> });
    view! {
        <header>
            <Facts details=postmortem.details.clone()/>
            <h1>{postmortem.details.title_or_placeholder().to_owned()}</h1>
            {lede}
        </header>
        {figures}
    }
    .into_any()
}

/// A short table of contents, where there is enough to choose from.
fn table_of_contents(parts: &[(String, String)]) -> Option<AnyView> {
    if parts.len() < 3 {
        return None;
    }
    let links: Vec<_> = parts
        .iter()
        .map(|(anchor, title)| view! { <a class="lnk" href=format!("#{anchor}")>{title.clone()}</a> })
        .collect();
    Some(view! { <nav class="toc no-print" aria-label="On this page">{links}</nav> }.into_any())
}

fn main_sections(postmortem: &Postmortem, rows: Vec<RailRow>) -> AnyView {
    let prose = |key: &str| key.parse().ok().and_then(|key| prose_section(postmortem, &key));
    let further: Vec<_> = further(postmortem).into_iter().filter_map(|key| prose_section(postmortem, key)).collect();
    view! {
        {prose("what_happened")}
        {timeline(postmortem, rows)}
        {prose("contributing_factors")}
        {prose("resolution")}
        {side_by_side(prose("went_well"), prose("went_poorly"))}
        {actions(postmortem)}
        {further}
        {prose(section::REFERENCES)}
    }
    .into_any()
}

fn prose_section(postmortem: &Postmortem, key: &SectionKey) -> Option<AnyView> {
    if !has_section(postmortem, key) {
        return None;
    }
    let text = postmortem.section(key.as_str());
    let section = view! {
        <section class="sec" id=anchor(key)>
            <header><h2>{key.title()}</h2></header>
            <Prose text=text.to_owned()/>
        </section>
    };
    Some(section.into_any())
}

fn side_by_side(well: Option<AnyView>, poorly: Option<AnyView>) -> Option<AnyView> {
    match (well, poorly) {
        (Some(well), Some(poorly)) => Some(view! { <div class="two">{well}{poorly}</div> }.into_any()),
        (one, other) => one.or(other),
    }
}

fn timeline(postmortem: &Postmortem, rows: Vec<RailRow>) -> Option<AnyView> {
    if !has_timeline(postmortem) {
        return None;
    }
    let entries = postmortem.timeline.clone();
    let strip = strip::strip(&entries, &postmortem.details, Zone::UTC);
    let note = match entries.len() {
        1 => "1 entry, UTC".to_owned(),
        count => format!("{count} entries, all times UTC"),
    };
    let section = view! {
        <section class="sec" id="timeline">
            <header><h2>"Timeline"</h2><span class="note">{note}</span></header>
            {strip.map(|strip| view! { <StripFigure strip=strip zone=Zone::UTC/> })}
            <Legend rows=rows.clone()/>
            <Timeline entries=entries rows=rows zone=Zone::UTC/>
        </section>
    };
    Some(section.into_any())
}

fn actions(postmortem: &Postmortem) -> Option<AnyView> {
    if postmortem.actions.is_empty() {
        return None;
    }
    let actions = postmortem.actions.clone();
    let section = view! {
        <section class="sec" id="actions">
            <header><h2>"Action items"</h2></header>
            <ActionTable actions=actions/>
        </section>
    };
    Some(section.into_any())
}

/// The addresses that the timeline draws on and that the references do not name already.
fn further_sources(postmortem: &Postmortem) -> Vec<Link> {
    let named = postmortem.section(section::REFERENCES);
    sources(&postmortem.timeline).into_iter().filter(|link| !named.contains(link.as_str())).collect()
}

/// The role of a responder of this name: readers outside are told roles, not people.
fn role_of(postmortem: &Postmortem, name: &str) -> Option<String> {
    let name = name.trim();
    let responder = postmortem.responders.iter().find(|responder| !name.is_empty() && responder.name.trim() == name)?;
    Some(responder.role.label().to_owned())
}

/// The first words of a text, cut between two of them.
fn described(text: &str) -> String {
    if text.chars().count() <= LONGEST_DESCRIPTION {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST_DESCRIPTION).collect();
    let whole = start.rsplit_once(' ').map_or(start.as_str(), |(words, _)| words);
    format!("{}…", whole.trim_end_matches([',', ';', '.']))
}
