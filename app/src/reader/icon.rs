//! Icons as inlined 24x24 strokes, so that the published page needs no second file. They are always decoration: the
//! word beside an icon, or the label of its button, says what it means.

use leptos::prelude::*;
use postmortem::EntryKind;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IconName {
    Trigger,
    Detection,
    Observation,
    Action,
    StatusChange,
    Responder,
    Decision,
    Communication,
    Recovery,
    Impact,
    /// The falling triangle of "Incident starts".
    Start,
    Check,
    Close,
    Plus,
    Search,
    Link,
    Comment,
    Copy,
    Mail,
    Warning,
    Offline,
    Saving,
    Hidden,
    More,
    Clock,
    Edit,
    Delete,
    Import,
    Lines,
    Filter,
    ChevronRight,
    ChevronDown,
    /// How far a section is: nothing, something, all.
    Empty,
    Half,
    Full,
    Dark,
    Light,
    Lock,
    People,
    Settings,
    /// A door with an arrow out of it.
    Leave,
}

impl From<EntryKind> for IconName {
    fn from(kind: EntryKind) -> Self {
        match kind {
            EntryKind::Trigger => Self::Trigger,
            EntryKind::Detection => Self::Detection,
            EntryKind::Observation => Self::Observation,
            EntryKind::Action => Self::Action,
            EntryKind::StatusChange => Self::StatusChange,
            EntryKind::Responder => Self::Responder,
            EntryKind::Decision => Self::Decision,
            EntryKind::Communication => Self::Communication,
            EntryKind::Recovery => Self::Recovery,
            EntryKind::Impact => Self::Impact,
        }
    }
}

impl IconName {
    fn strokes(self) -> &'static str {
        match self {
            Self::Trigger => r#"<path d="M13 2 4 14h7l-1 8 9-12h-7z"/>"#,
            Self::Detection => r#"<path d="M6 8a6 6 0 0 1 12 0c0 7 3 8 3 9H3c0-1 3-2 3-9M10.3 21a2 2 0 0 0 3.4 0"/>"#,
            Self::Observation => {
                r#"<path d="M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7-10-7-10-7z"/><circle cx="12" cy="12" r="3"/>"#
            }
            Self::Action => {
                r#"<path d="M14.7 6.3a1 1 0 0 0 0 1.4l1.6 1.6a1 1 0 0 0 1.4 0l3.8-3.8a6 6 0 0 1-8 8l-6.9 6.9a2.1 2.1 0 0 1-3-3l7-6.9a6 6 0 0 1 7.9-8z"/>"#
            }
            Self::StatusChange => r#"<path d="M4 22V4c2-1.5 5-1.5 8 0s6 1.5 8 0v11c-2 1.5-5 1.5-8 0s-6-1.5-8 0"/>"#,
            Self::Responder => {
                r#"<circle cx="9" cy="7" r="4"/><path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2M19 8v6M22 11h-6"/>"#
            }
            Self::Decision => r#"<path d="M16 3h5v5M8 3H3v5M12 22v-8.3a4 4 0 0 0-1.2-2.9L3 3M15 9l6-6"/>"#,
            Self::Communication => r#"<path d="m3 11 18-5v12L3 14zM11.6 16.8a3 3 0 1 1-5.8-1.6"/>"#,
            Self::Recovery => r#"<path d="M3 12a9 9 0 1 0 9-9 9.7 9.7 0 0 0-6.7 2.7L3 8M3 3v5h5"/>"#,
            Self::Impact => r#"<path d="M22 12h-4l-3 9L9 3l-3 9H2"/>"#,
            Self::Start => r#"<path d="M4 7h16l-8 12z" fill="currentColor"/>"#,
            Self::Check => r#"<path d="m5 12.5 4.5 4.5L19 7"/>"#,
            Self::Close => r#"<path d="M18 6 6 18M6 6l12 12"/>"#,
            Self::Plus => r#"<path d="M12 5v14M5 12h14"/>"#,
            Self::Search => r#"<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>"#,
            Self::Link => {
                r#"<path d="M10 13a5 5 0 0 0 7.5.5l3-3a5 5 0 0 0-7-7l-1.7 1.7M14 11a5 5 0 0 0-7.5-.5l-3 3a5 5 0 0 0 7 7l1.7-1.7"/>"#
            }
            Self::Comment => r#"<path d="M21 15a2 2 0 0 1-2 2H8l-5 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z"/>"#,
            Self::Copy => {
                r#"<rect x="9" y="9" width="12" height="12" rx="2"/><path d="M5 15H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v1"/>"#
            }
            Self::Mail => r#"<rect x="2" y="4" width="20" height="16" rx="2"/><path d="m2 7 10 7 10-7"/>"#,
            Self::Warning => r#"<path d="m12 3 10 17H2zM12 10v4M12 17v.01"/>"#,
            Self::Offline => {
                r#"<path d="m2 2 20 20M5.8 5.8A7 7 0 0 0 9 19h8.5a4.5 4.5 0 0 0 1.3-.2M21.5 16.5A4.5 4.5 0 0 0 17.5 10h-1.8A7 7 0 0 0 10 5.1"/>"#
            }
            Self::Saving => {
                r#"<path d="M21 12a9 9 0 0 1-15 6.7L3 16M3 12a9 9 0 0 1 15-6.7L21 8M21 3v5h-5M3 21v-5h5"/>"#
            }
            Self::Hidden => r#"<circle cx="12" cy="12" r="9"/><path d="m5.7 5.7 12.6 12.6"/>"#,
            Self::More => r#"<path stroke-width="3" d="M5 12h.01M12 12h.01M19 12h.01"/>"#,
            Self::Clock => r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>"#,
            Self::Edit => r#"<path d="M4 20h4L20 8l-4-4L4 16zM13 7l4 4"/>"#,
            Self::Delete => r#"<path d="M4 6h16M9 6V3h6v3M6 6l1 15h10l1-15M10 11v6M14 11v6"/>"#,
            Self::Import => r#"<path d="M12 3v12M7 10l5 5 5-5M4 20h16"/>"#,
            Self::Lines => r#"<path d="M4 6h16M4 12h16M4 18h10"/>"#,
            Self::Filter => r#"<path d="M3 5h18l-7 8.5V20l-4-2v-4.5z"/>"#,
            Self::ChevronRight => r#"<path d="m9 6 6 6-6 6"/>"#,
            Self::ChevronDown => r#"<path d="m6 9 6 6 6-6"/>"#,
            Self::Empty => r#"<circle cx="12" cy="12" r="8"/>"#,
            Self::Half => r#"<circle cx="12" cy="12" r="8"/><path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor"/>"#,
            Self::Full => r#"<circle cx="12" cy="12" r="8" fill="currentColor"/>"#,
            Self::Dark => r#"<path d="M20.5 14.5A8.5 8.5 0 1 1 9.5 3.5a7 7 0 0 0 11 11z"/>"#,
            Self::Lock => r#"<rect x="5" y="11" width="14" height="9" rx="1"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>"#,
            Self::People => {
                r#"<circle cx="9" cy="8" r="4"/><path d="M2 20c0-3.5 3-6 7-6s7 2.5 7 6M16 4.5a4 4 0 0 1 0 7M18.5 14.5c2.2.8 3.5 2.8 3.5 5.5"/>"#
            }
            Self::Settings => {
                r#"<path d="M4 7h10M18 7h2M4 17h2M10 17h10"/><circle cx="16" cy="7" r="2"/><circle cx="8" cy="17" r="2"/>"#
            }
            Self::Leave => r#"<path d="M14 4H5v16h9M10 12h11M17 8l4 4-4 4"/>"#,
            Self::Light => {
                r#"<circle cx="12" cy="12" r="4"/><path d="M12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4"/>"#
            }
        }
    }
}

/// One icon, 16 px, or 14 px when `small`.
#[component]
pub fn Icon(name: IconName, #[prop(optional)] small: bool) -> impl IntoView {
    let class = if small { "i s" } else { "i" };
    view! { <svg class=class viewBox="0 0 24 24" aria-hidden="true" inner_html=name.strokes()></svg> }
}
