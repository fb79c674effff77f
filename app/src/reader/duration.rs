//! How long an incident took, in words over a bar on a log scale, so that minutes and days compare at a glance.

use chrono::TimeDelta;
use leptos::prelude::*;
use postmortem::{Severity, duration};

/// The duration that fills the bar: two days.
const FULL: TimeDelta = TimeDelta::days(2);

/// How much of the bar a duration fills, in hundredths and steps of five, which is what the style sheet has rules for.
pub fn share_of_bar(duration: TimeDelta) -> u8 {
    let minutes = duration.num_minutes().clamp(1, FULL.num_minutes());
    // Minutes up to 2880, far inside of what an f64 holds exactly.
    let share = f64::from(u16::try_from(minutes).unwrap_or(u16::MAX)).ln() / 2_880_f64.ln();
    let steps = (1..=20_u8).rev().find(|step| share >= f64::from(*step) / 20.0 - 0.025).unwrap_or(1);
    steps * 5
}

/// The duration of an incident in the log; a dash while it is not known.
#[component]
pub fn DurationBar(severity: Severity, #[prop(optional_no_strip)] duration: Option<TimeDelta>) -> impl IntoView {
    match duration {
        None => view! { <span class="dur q">"Not known yet"</span> }.into_any(),
        Some(length) => view! {
            <span class="dur" data-sev=severity.number().to_string()>
                <b>{duration::in_words(length)}</b>
                <i data-len=share_of_bar(length).to_string()></i>
            </span>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_logarithmic_in_steps_of_five() {
        assert_eq!(share_of_bar(TimeDelta::zero()), 5);
        assert_eq!(share_of_bar(TimeDelta::minutes(41)), 45);
        assert_eq!(share_of_bar(TimeDelta::minutes(24 * 60 + 11)), 90);
        assert_eq!(share_of_bar(TimeDelta::days(30)), 100);
    }
}
