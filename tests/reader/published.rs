//! What a published page shows of a post-mortem, and what it leaves out.

use crate::{body, github, publish};
use app::published::{missing_page, withdrawn_page};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postmortem::{
    ActionState, Details, EntryKind, ImpactFigure, ItemId, Postmortem, Precision, Responder, Role, Severity,
};
use sha2::{Digest, Sha256};

/// The GitHub incident after its responders worked on it: severities, kinds, a mitigation, roles and owners.
fn worked_on() -> Postmortem {
    let mut postmortem = github();
    let details = &mut postmortem.details;
    details.mitigated_at = Some("2018-10-22T16:24:00Z".parse().unwrap());
    details.services = vec!["MySQL".into(), "Webhooks".into(), "Pages".into()];
    details.owner = "Mara Lindqvist".into();
    details.recording = Some("https://calls.example.com/recording".parse().unwrap());
    for entry in &mut postmortem.timeline {
        match entry.at.unwrap().format("%H:%M").to_string().as_str() {
            "23:09" => entry.severity = Some(Severity::Sev2),
            "23:11" => entry.source = None,
            "23:13" if entry.text.starts_with("Status") => entry.severity = Some(Severity::Sev1),
            "23:13" => (entry.precision, entry.kind) = (Precision::About, EntryKind::Decision),
            "13:15" => {
                entry.until = Some("2018-10-22T14:10:00Z".parse().unwrap());
                entry.note = "Read from the replication graph.".into();
            }
            _ => {}
        }
    }
    let responder = |id: &str, name: &str, role| Responder { id: id.parse().unwrap(), name: name.into(), role };
    postmortem.responders =
        vec![responder("r1", "Mara Lindqvist", Role::IncidentCommander), responder("r2", "Tomasz Wilk", Role::Scribe)];
    postmortem.actions[0].owner = "Tomasz Wilk".into();
    postmortem.actions[0].due = Some("2018-11-06".parse().unwrap());
    postmortem.actions[0].ticket = Some("https://tickets.example.com/DB-4127".parse().unwrap());
    postmortem.actions[1].owner = "Platform team".into();
    postmortem.actions[1].state = ActionState::Done;
    postmortem
}

fn set(postmortem: &mut Postmortem, section: &str, text: &str) {
    postmortem.sections.insert(section.parse().unwrap(), text.into());
}

fn figure(label: &str, value: Option<&str>) -> ImpactFigure {
    let id: ItemId = label.replace(' ', "-").parse().unwrap();
    ImpactFigure {
        id,
        label: label.into(),
        value: value.map(str::to_owned),
        note: String::new(),
        checked_by: None,
        checker: None,
    }
}

#[test]
fn an_imported_incident_is_published_whole() {
    insta::assert_snapshot!(body(&publish(&github())));
}

#[test]
fn what_responders_added_is_drawn_on_the_rail() {
    insta::assert_snapshot!(body(&publish(&worked_on())));
}

#[test]
fn an_almost_empty_postmortem_has_no_empty_parts() {
    let details = Details { severity: Severity::Sev2, ..Details::default() };
    insta::assert_snapshot!(body(&publish(&Postmortem { details, ..Postmortem::default() })));
}

#[test]
fn the_head_tells_previews_the_title_and_the_first_words() {
    let page = publish(&github());
    let (head, _) = page.html.split_once("<style>").unwrap();
    insta::assert_snapshot!(head.replace("><", ">\n<"));
}

#[test]
fn responders_are_roles_and_not_names() {
    let html = publish(&worked_on()).html;
    assert!(!html.contains("Lindqvist"));
    assert!(!html.contains("Tomasz"));
    assert!(html.contains("by the incident commander"));
    assert!(html.contains(">Scribe<"));
    assert!(html.contains(">Platform team<"), "an owner who is no responder stays as written");
}

#[test]
fn what_is_not_for_readers_stays_in_the_house() {
    let mut postmortem = worked_on();
    set(&mut postmortem, "internal_email", "To everyone inside.");
    set(&mut postmortem, "external_message", "To customers, later.");
    let html = publish(&postmortem).html;
    for kept in ["calls.example.com", "tickets.example.com", "To everyone inside", "To customers, later"] {
        assert!(!html.contains(kept), "{kept}");
    }
}

#[test]
fn a_figure_nobody_knows_is_left_out_and_a_checked_zero_says_by_which_role() {
    let mut postmortem = github();
    postmortem.impact = vec![figure("Accounts affected", None), figure("Events dropped", Some("0"))];
    let html = publish(&postmortem).html;
    assert!(!html.contains("Accounts affected"));
    assert!(html.contains(r#"<dd class="v">0</dd>"#));
    assert!(!html.contains("Checked"), "nobody did");
    postmortem.impact[1].checked_by = Some("tomasz".parse().unwrap());
    assert!(publish(&postmortem).html.contains("<span>Checked by one of its authors</span>"));
    postmortem.impact[1].checker = Some("Tomasz Wilk".into());
    postmortem.responders =
        vec![Responder { id: "r2".parse().unwrap(), name: "Tomasz Wilk".into(), role: Role::Scribe }];
    let html = publish(&postmortem).html;
    assert!(html.contains("<span>Checked by the scribe</span>"));
    assert!(!html.contains("Tomasz"));
}

#[test]
fn a_section_that_a_template_added_is_published_under_its_name() {
    let mut postmortem = github();
    set(&mut postmortem, "customer_contact", "Two calls.");
    let html = publish(&postmortem).html;
    assert!(html.contains(r##"href="#customer-contact""##));
    assert!(html.contains("<h2>Customer contact</h2>"));
}

#[test]
fn every_gap_finds_the_rule_of_its_length() {
    let page = publish(&worked_on());
    let gaps: Vec<&str> = page
        .html
        .split(r#"class="gap m"#)
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(minutes, _)| minutes))
        .collect();
    assert!(gaps.contains(&"370"));
    for minutes in gaps {
        assert!(page.html.contains(&format!(".m{minutes}{{--m:{minutes}}}")), "{minutes}");
    }
}

#[test]
fn the_hash_is_that_of_the_one_style_element() {
    for page in [publish(&worked_on()), withdrawn_page(), missing_page()] {
        let (_, rest) = page.html.split_once("<style>").unwrap();
        let (style, after) = rest.split_once("</style>").unwrap();
        assert_eq!(page.style_hash, STANDARD.encode(Sha256::digest(style)));
        assert!(!after.contains("<style"));
    }
}

#[test]
fn a_dead_link_says_whether_anything_was_there() {
    assert!(withdrawn_page().html.contains("was withdrawn"));
    assert!(missing_page().html.contains("Nothing is published here"));
}
