//! Whom the rules of a provider let in, and as what.

use postmortem::TeamRole;
use postmortem::api::{EntryRules, RoleClaim};

/// The domain of a mail address, in lower case.
fn domain(mail: &str) -> &str {
    mail.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The role that the values of a claim give: the first of the rules that somebody has.
pub fn claimed_role(claim: Option<&RoleClaim>, groups: &[String]) -> Option<TeamRole> {
    let rules = claim.into_iter().flat_map(|claim| &claim.roles);
    rules.into_iter().find(|rule| groups.contains(&rule.value)).map(|rule| rule.role)
}

fn is_of(domains: &[String], mail: &str) -> bool {
    domains.iter().any(|known| known == domain(mail))
}

/// Whether a provider gives roles to whoever has this mail address.
fn may_come(rules: &EntryRules, mail: &str) -> bool {
    rules.domains.is_empty() || is_of(&rules.domains, mail)
}

/// The greater of a role and the one that the team's domains give: whoever has an address of one is a member at least.
fn with_team(role: Option<TeamRole>, team_domains: &[String], mail: &str) -> Option<TeamRole> {
    let by_team = is_of(team_domains, mail).then_some(TeamRole::Member);
    // They are listed from the greatest on.
    role.into_iter().chain(by_team).min()
}

/// The role of somebody new with this mail address, which is verified; none where nothing lets them in.
pub fn role_of_new(rules: &EntryRules, team_domains: &[String], mail: &str, groups: &[String]) -> Option<TeamRole> {
    let by_rules = claimed_role(rules.claim.as_ref(), groups).or(rules.otherwise);
    with_team(by_rules.filter(|_| may_come(rules, mail)), team_domains, mail)
}

/// The role that somebody who has an account gets as they sign in; none where they keep theirs. The mail address is the one
/// that the provider has verified; without one they are of no domain. Where the rule is for each sign-in, whom nothing gives a
/// role any more is an outsider: a claim that is gone takes its role along.
pub fn role_of_known(
    rules: &EntryRules,
    team_domains: &[String],
    mail: Option<&str>,
    groups: &[String],
) -> Option<TeamRole> {
    let claim = rules.claim.as_ref().filter(|claim| claim.at_each_sign_in)?;
    let mail = mail.unwrap_or_default();
    let by_rules = claimed_role(Some(claim), groups).or(rules.otherwise).unwrap_or(TeamRole::Outsider);
    if may_come(rules, mail) { with_team(Some(by_rules), team_domains, mail) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::api::ClaimRole;

    fn rules(domains: &[&str], otherwise: Option<TeamRole>, at_each_sign_in: bool) -> EntryRules {
        let role = |value: &str, role| ClaimRole { value: value.into(), role };
        let roles = vec![role("sre-leads", TeamRole::Admin), role("sre", TeamRole::Member)];
        let claim = RoleClaim { name: "groups".into(), roles, at_each_sign_in };
        EntryRules { domains: domains.iter().map(|domain| (*domain).into()).collect(), claim: Some(claim), otherwise }
    }

    fn groups(groups: &[&str]) -> Vec<String> {
        groups.iter().map(|group| (*group).into()).collect()
    }

    #[test]
    fn somebody_new_has_the_first_role_that_a_claim_gives_and_otherwise_what_is_said() {
        let rules = rules(&[], Some(TeamRole::Outsider), false);
        let role = |of: &[&str]| role_of_new(&rules, &[], "mara@harbour.example", &groups(of));
        assert_eq!(role(&["sre", "sre-leads"]), Some(TeamRole::Admin));
        assert_eq!(role(&["sre"]), Some(TeamRole::Member));
        assert_eq!(role(&["sales"]), Some(TeamRole::Outsider));
    }

    #[test]
    fn a_domain_keeps_out_whoever_is_of_another_whatever_they_claim() {
        let rules = rules(&["harbour.example"], None, false);
        let role = |mail: &str, of: &[&str]| role_of_new(&rules, &[], mail, &groups(of));
        assert_eq!(role("mara@harbour.example", &["sre"]), Some(TeamRole::Member));
        assert_eq!(role("mara@harbour.example", &[]), None, "nobody but who has an account, or a claim");
        for mail in ["mara@evil.example", "mara@sub.harbour.example", "harbour.example", "mara@harbour.example.org"] {
            assert_eq!(role(mail, &["sre-leads"]), None, "{mail}");
        }
    }

    #[test]
    fn a_domain_of_the_team_makes_members_where_nothing_else_lets_them_in() {
        let team = ["harbour.example".to_owned()];
        let closed = rules(&["elsewhere.example"], None, false);
        assert_eq!(role_of_new(&closed, &team, "mara@harbour.example", &[]), Some(TeamRole::Member));
        assert_eq!(role_of_new(&closed, &team, "mara@other.example", &[]), None);
        let open = rules(&[], None, false);
        assert_eq!(
            role_of_new(&open, &team, "mara@harbour.example", &groups(&["sre-leads"])),
            Some(TeamRole::Admin),
            "the greater of both"
        );
        let outsiders = rules(&[], Some(TeamRole::Outsider), true);
        let known = |mail| role_of_known(&outsiders, &team, Some(mail), &[]);
        assert_eq!(role_of_new(&outsiders, &team, "mara@harbour.example", &[]), Some(TeamRole::Member));
        assert_eq!(
            known("mara@harbour.example"),
            Some(TeamRole::Member),
            "the greater of both, at each sign-in as well"
        );
        assert_eq!(known("mara@other.example"), Some(TeamRole::Outsider));
    }

    #[test]
    fn who_has_an_account_keeps_their_role_unless_the_rule_is_for_each_sign_in() {
        let role = |rules: &EntryRules, of: &[&str]| role_of_known(rules, &[], None, &groups(of));
        let once = rules(&[], Some(TeamRole::Member), false);
        assert_eq!(role(&once, &["sre-leads"]), None);
        let each = rules(&[], Some(TeamRole::Member), true);
        assert_eq!(role(&each, &["sre-leads"]), Some(TeamRole::Admin));
        assert_eq!(role(&each, &[]), Some(TeamRole::Member), "a claim that is gone takes its role along");
        let nobody = rules(&[], None, true);
        assert_eq!(role(&nobody, &[]), Some(TeamRole::Outsider), "nobody is an admin for ever by a claim of once");
    }

    #[test]
    fn a_domain_rule_gives_no_other_role_to_whoever_has_no_verified_address_of_it() {
        let each = rules(&["harbour.example"], Some(TeamRole::Member), true);
        let role = |mail, of: &[&str]| role_of_known(&each, &[], mail, &groups(of));
        assert_eq!(role(Some("mara@harbour.example"), &["sre-leads"]), Some(TeamRole::Admin));
        for mail in [Some("mara@elsewhere.example"), None] {
            assert_eq!(role(mail, &["sre-leads"]), None, "{mail:?}");
            assert_eq!(role(mail, &[]), None, "{mail:?}");
        }
    }
}
