//! The rules of a provider in words, and as they are typed.

use postmortem::TeamRole;
use postmortem::api::{ClaimRole, EntryRules};

/// Whom a provider lets in who has no account, in a line. People of the team's mail domains join with any.
pub fn in_words(rules: &EntryRules, team_domains: &[String]) -> String {
    let of_team =
        (!team_domains.is_empty()).then(|| format!("people at {} as member at least", team_domains.join(" or ")));
    let claim = rules.claim.as_ref().map(|claim| {
        let roles: Vec<String> =
            claim.roles.iter().map(|rule| format!("{} as {}", rule.value, rule.role.label().to_lowercase())).collect();
        format!("by {}: {}", claim.name, roles.join(", "))
    });
    let otherwise = match (rules.otherwise, &claim) {
        (Some(role), None) => Some(format!("everybody as {}", role.label().to_lowercase())),
        (Some(role), Some(_)) => Some(format!("others as {}", role.label().to_lowercase())),
        (None, None) => return of_team.unwrap_or_else(|| "nobody".to_owned()),
        (None, Some(_)) => of_team.is_none().then(|| "nobody else".to_owned()),
    };
    let at = match rules.domains.as_slice() {
        [] => None,
        domains if of_team.is_some() => Some(format!("at {}", domains.join(" or "))),
        domains => Some(format!("at {} only", domains.join(" or "))),
    };
    let by_rules = claim.into_iter().chain(otherwise).chain(at).collect::<Vec<_>>().join(", ");
    [by_rules].into_iter().chain(of_team).collect::<Vec<_>>().join("; ")
}

/// Lines such as `sre-leads = admin`.
///
/// # Errors
/// In a sentence that repeats the line that is none.
pub fn parse_roles(typed: &str) -> Result<Vec<ClaimRole>, String> {
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let parts = line.rsplit_once('=').map(|(value, role)| (value.trim(), role.trim().to_lowercase()));
            match parts.map(|(value, role)| (value, role.parse::<TeamRole>())) {
                Some((value, Ok(role))) if !value.is_empty() => Ok(ClaimRole { value: value.to_owned(), role }),
                _ => Err(format!("Write each line as a value, = and a role: sre-leads = admin. This is none: {line}")),
            }
        })
        .collect()
}

/// The lines of some roles.
pub fn roles_as_text(roles: &[ClaimRole]) -> String {
    let line = |rule: &ClaimRole| format!("{} = {}", rule.value, rule.role.code());
    roles.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use postmortem::api::RoleClaim;

    #[test]
    fn roles_are_typed_in_lines_and_come_back_as_they_were() {
        let typed = " sre-leads = Admin\n\nname=with=signs = member";
        let roles = parse_roles(typed).unwrap();
        assert_eq!(roles[1], ClaimRole { value: "name=with=signs".into(), role: TeamRole::Member });
        assert_eq!(parse_roles(&roles_as_text(&roles)).unwrap(), roles);
        for wrong in ["sre-leads", "= admin", "sre = boss"] {
            assert!(parse_roles(wrong).unwrap_err().ends_with(wrong), "{wrong}");
        }
    }

    #[test]
    fn whom_a_provider_lets_in_fits_in_a_line() {
        let claim = |roles: &str| RoleClaim {
            name: "groups".into(),
            roles: parse_roles(roles).unwrap(),
            at_each_sign_in: false,
        };
        let mut rules = EntryRules::default();
        let team = ["pier.example".to_owned()];
        assert_eq!(in_words(&rules, &[]), "nobody");
        assert_eq!(in_words(&rules, &team), "people at pier.example as member at least");
        rules.otherwise = Some(TeamRole::Member);
        rules.domains = vec!["harbour.example".into()];
        assert_eq!(in_words(&rules, &[]), "everybody as member, at harbour.example only");
        assert_eq!(
            in_words(&rules, &team),
            "everybody as member, at harbour.example; people at pier.example as member at least"
        );
        rules.claim = Some(claim("sre-leads = admin\nsre = member"));
        rules.otherwise = None;
        assert_eq!(
            in_words(&rules, &[]),
            "by groups: sre-leads as admin, sre as member, nobody else, at harbour.example only"
        );
        assert_eq!(
            in_words(&rules, &team),
            "by groups: sre-leads as admin, sre as member, at harbour.example; people at pier.example as member at least"
        );
    }
}
