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

/// The role of somebody new with this mail address, which is verified; none where nothing lets them in. Whoever has an address
/// of one of the team's domains is a member at least.
pub fn role_of_new(rules: &EntryRules, team_domains: &[String], mail: &str, groups: &[String]) -> Option<TeamRole> {
    let own = domain(mail);
    let is_of = |domains: &[String]| domains.iter().any(|domain| domain == own);
    let may_come = rules.domains.is_empty() || is_of(&rules.domains);
    let by_rules = claimed_role(rules.claim.as_ref(), groups).or(rules.otherwise).filter(|_| may_come);
    by_rules.or_else(|| is_of(team_domains).then_some(TeamRole::Member))
}

/// The role that somebody who has an account gets as they sign in; none where they keep theirs.
pub fn role_of_known(rules: &EntryRules, groups: &[String]) -> Option<TeamRole> {
    let claim = rules.claim.as_ref().filter(|claim| claim.at_each_sign_in)?;
    claimed_role(Some(claim), groups).or(rules.otherwise)
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
            "a role that a claim gives counts first"
        );
    }

    #[test]
    fn who_has_an_account_keeps_their_role_unless_the_rule_is_for_each_sign_in() {
        let once = rules(&[], Some(TeamRole::Member), false);
        assert_eq!(role_of_known(&once, &groups(&["sre-leads"])), None);
        let each = rules(&[], Some(TeamRole::Member), true);
        assert_eq!(role_of_known(&each, &groups(&["sre-leads"])), Some(TeamRole::Admin));
        assert_eq!(role_of_known(&each, &[]), Some(TeamRole::Member), "a claim that is gone takes its role along");
        let nobody = rules(&[], None, true);
        assert_eq!(role_of_known(&nobody, &[]), None);
    }
}
