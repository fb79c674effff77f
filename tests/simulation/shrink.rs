//! Makes a failing plan short: steps are left out, ever fewer at a time, and what is left is made plainer, for as long as
//! it still fails.

use crate::Violation;
use crate::plan::{Edit, Plan, Step};

/// A plan that fails, and how.
struct Failing<F> {
    plan: Plan,
    violation: Violation,
    fails: F,
}

/// The shortest plan found that still fails, and how. Not always for the first plan's reason: any failure is worth a look.
pub fn shrink(plan: &Plan, first: Violation, fails: impl Fn(&Plan) -> Option<Violation>) -> (Plan, Violation) {
    let mut failing = Failing { plan: plan.clone(), violation: first, fails };
    loop {
        failing.leave_out();
        // A plainer step may stand in for several others, which can then go.
        if !failing.make_plainer() {
            return (failing.plan, failing.violation);
        }
    }
}

impl<F: Fn(&Plan) -> Option<Violation>> Failing<F> {
    fn leave_out(&mut self) {
        let mut part = self.plan.steps.len().div_ceil(2);
        while part > 0 {
            let mut shortened = false;
            let mut from = 0;
            while from < self.plan.steps.len() {
                let to = (from + part).min(self.plan.steps.len());
                if self.accept([&self.plan.steps[..from], &self.plan.steps[to..]].concat()) {
                    shortened = true;
                } else {
                    from = to;
                }
            }
            // A step that could not go alone may go once another has.
            if !(part == 1 && shortened) {
                part /= 2;
            }
        }
    }

    /// Whether any step could be replaced by a plainer one.
    fn make_plainer(&mut self) -> bool {
        let mut changed = false;
        for at in 0..self.plan.steps.len() {
            let step = self.plan.steps[at];
            let plainer = match step {
                Step::Flow { .. } => Step::Deliver,
                Step::Edit { edit: Edit::Insert, .. } => continue,
                Step::Edit { page, dice, .. } => Step::Edit { page, edit: Edit::Insert, dice },
                _ => continue,
            };
            let mut steps = self.plan.steps.clone();
            steps[at] = plainer;
            changed |= self.accept(steps);
        }
        changed
    }

    /// Takes these steps for the plan if they fail too.
    fn accept(&mut self, steps: Vec<Step>) -> bool {
        let candidate = Plan { pages: self.plan.pages.clone(), steps };
        let Some(violation) = (self.fails)(&candidate) else { return false };
        (self.plan, self.violation) = (candidate, violation);
        true
    }
}
