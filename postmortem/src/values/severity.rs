//! How bad an incident is.

use crate::named::named;

named! {
    /// Severity of an incident, worst first; the two major ones need a post-mortem (R15).
    Severity, "a severity" {
        /// Critical: customers cannot use the product.
        Sev1 = "SEV-1", "SEV-1";
        /// Major: a function is down or degraded for many.
        Sev2 = "SEV-2", "SEV-2";
        /// Minor: kept in the log for learning.
        Sev3 = "SEV-3", "SEV-3";
    }
}

impl Severity {
    /// 1 to 3, for `data-sev` in markup.
    pub fn number(self) -> u8 {
        match self {
            Self::Sev1 => 1,
            Self::Sev2 => 2,
            Self::Sev3 => 3,
        }
    }

    /// The tag that tickets and the address line carry beside the severity's own: `sev1_20181021` (R82).
    pub fn tag(self, day: chrono::NaiveDate) -> String {
        format!("sev{}_{}", self.number(), day.format("%Y%m%d"))
    }
}
