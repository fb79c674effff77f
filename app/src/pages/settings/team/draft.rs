//! The settings of the team while they are filled in, and their words.

use super::super::domains::domains;
use leptos::prelude::*;
use postmortem::api::TeamSettings;
use postmortem::mail_domain::clean_own_domains;
use postmortem::{PageReaders, PostmortemRole};

/// What members may be on a post-mortem that says nothing else, in order of trust.
pub const MEMBERS_ARE: [PostmortemRole; 3] =
    [PostmortemRole::Editor, PostmortemRole::Commenter, PostmortemRole::Viewer];

/// After how many days a browser may be signed out that is not used, and after how many in any case.
pub const IDLE_DAYS: [u32; 5] = [1, 7, 14, 30, 90];
pub const SESSION_DAYS: [u32; 5] = [7, 30, 90, 180, 365];

/// For how many days the audit log may be kept.
pub const AUDIT_DAYS: [u32; 4] = [90, 180, 400, 1_100];

#[derive(Clone, Copy)]
pub struct Draft {
    pub name: RwSignal<String>,
    pub members_are: RwSignal<PostmortemRole>,
    pub pages_are_for: RwSignal<PageReaders>,
    pub idle_days: RwSignal<u32>,
    pub session_days: RwSignal<u32>,
    pub audit_days: RwSignal<u32>,
    /// With spaces or commas between them.
    pub domains: RwSignal<String>,
    pub domains_error: RwSignal<Option<String>>,
}

impl Draft {
    pub fn of(settings: &TeamSettings) -> Self {
        Self {
            name: RwSignal::new(settings.name.clone()),
            members_are: RwSignal::new(settings.members_are),
            pages_are_for: RwSignal::new(settings.pages_are_for),
            idle_days: RwSignal::new(settings.idle_days),
            session_days: RwSignal::new(settings.session_days),
            audit_days: RwSignal::new(settings.audit_days.unwrap_or_default()),
            domains: RwSignal::new(settings.domains.join(", ")),
            domains_error: RwSignal::new(None),
        }
    }

    /// What is to hold; nothing where a domain has to be written otherwise first, which is said at its field.
    pub fn settings(self) -> Option<TeamSettings> {
        let domains = self.domains.with_untracked(|typed| domains(typed));
        let problem = clean_own_domains(&domains).err().map(|error| error.to_string());
        self.domains_error.set(problem.clone());
        problem.is_none().then(|| TeamSettings {
            name: self.name.get_untracked().trim().to_owned(),
            members_are: self.members_are.get_untracked(),
            pages_are_for: self.pages_are_for.get_untracked(),
            idle_days: self.idle_days.get_untracked(),
            session_days: self.session_days.get_untracked(),
            domains,
            audit_days: Some(self.audit_days.get_untracked()),
        })
    }

    /// Shows what the server has made of it, while its form is there.
    pub fn take(self, settings: &TeamSettings) {
        let _ = self.name.try_set(settings.name.clone());
        let _ = self.members_are.try_set(settings.members_are);
        let _ = self.pages_are_for.try_set(settings.pages_are_for);
        let _ = self.idle_days.try_set(settings.idle_days);
        let _ = self.session_days.try_set(settings.session_days);
        let _ = self.audit_days.try_set(settings.audit_days.unwrap_or_default());
        let _ = self.domains.try_set(settings.domains.join(", "));
    }
}

/// Who may join without an invitation, in words.
pub fn join_by_themselves(domains: &[String]) -> String {
    match domains {
        [] => "nobody".to_owned(),
        domains => format!("whoever has an address at {}, once a provider has verified it", domains.join(" or ")),
    }
}

pub fn members_are(role: PostmortemRole) -> &'static str {
    match role {
        PostmortemRole::Owner | PostmortemRole::Editor => "edit and publish",
        PostmortemRole::Commenter => "read and comment",
        PostmortemRole::Viewer => "read",
    }
}

/// When a browser is signed out, in a sentence.
pub fn ends(settings: &TeamSettings) -> String {
    format!("after {} without use, after {} in any case", days(settings.idle_days), days(settings.session_days))
}

pub fn days(days: u32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// The choices in order, with the one that holds now though it may be another.
pub fn with(choices: &[u32], now: u32) -> Vec<u32> {
    let mut choices = choices.to_vec();
    choices.push(now);
    choices.sort_unstable();
    choices.dedup();
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_now_can_be_kept_whatever_it_is() {
        assert_eq!(with(&IDLE_DAYS, 14), IDLE_DAYS);
        assert_eq!(with(&IDLE_DAYS, 21), [1, 7, 14, 21, 30, 90]);
    }
}
