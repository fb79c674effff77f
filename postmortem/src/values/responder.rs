//! Who responded, and in which role (R1, R37, R38).

use crate::ItemId;
use crate::named::named;
use serde::{Deserialize, Serialize};

named! {
    /// The roles of a response (R1), in the order in which they are listed.
    Role, "a role" {
        /// Leads the response and is the single source of truth.
        IncidentCommander = "incident_commander", "Incident commander";
        Deputy = "deputy", "Deputy";
        /// Keeps the timeline.
        Scribe = "scribe", "Scribe";
        /// Knows a part of the system.
        SubjectMatterExpert = "subject_matter_expert", "Subject-matter expert";
        CustomerLiaison = "customer_liaison", "Customer liaison";
        /// Helped in another way.
        Responder = "responder", "Responder";
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Responder {
    /// The key of the responder in the document.
    pub id: ItemId,
    /// The person's name, as written.
    pub name: String,
    pub role: Role,
}
