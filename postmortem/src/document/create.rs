//! Makes the document of a new post-mortem: all sections and the template's figures, once, by the server, so that no
//! two clients ever make them twice.

use crate::command::{Command, CommandError, FigureDraft};
use crate::impact::TEMPLATE_FIGURES;
use crate::{ClientId, Replica, SectionKey, Severity};

/// A replica that holds a new post-mortem. `client` is the client id under which it is made.
///
/// # Errors
/// When the title is longer than a value may be.
pub fn create(client: ClientId, title: &str, severity: Severity) -> Result<Replica, CommandError> {
    let replica = Replica::new(client);
    let mut commands = vec![Command::SetTitle(title.trim().to_owned()), Command::SetSeverity(severity)];
    commands.extend(SectionKey::known().map(|key| Command::AddSection(key, String::new())));
    for command in &commands {
        replica.run(command)?;
    }
    replica.stamp_schema();
    Ok(replica)
}

/// The commands that add the template's figures. They follow an import's own figures, so that what is known comes
/// first.
pub fn template_figures() -> Vec<Command> {
    TEMPLATE_FIGURES
        .iter()
        .filter_map(|(key, label)| {
            let id = key.parse().ok()?;
            Some(Command::AddFigure(id, FigureDraft { label: (*label).to_owned(), ..FigureDraft::default() }))
        })
        .collect()
}
