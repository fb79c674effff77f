//! What the parts of a figure's cell share: its value, and the edits that change it.

use crate::state::{OpenPostmortem, Session};
use leptos::prelude::*;
use postmortem::impact::is_zero;
use postmortem::{Command, FigureChange, ImpactFigure, ItemId, UserId};

#[derive(Clone, Copy)]
pub struct FigureHandle {
    pub figure: Memo<ImpactFigure>,
    /// Whether it says that nothing was hit, which somebody may have checked.
    pub is_zero: Memo<bool>,
    open: OpenPostmortem,
    session: Session,
    id: StoredValue<ItemId>,
}

impl FigureHandle {
    pub fn new(open: OpenPostmortem, session: Session, id: ItemId, figure: Memo<ImpactFigure>) -> Self {
        let is_zero = Memo::new(move |_| figure.with(|figure| figure.value.as_deref().is_some_and(is_zero)));
        Self { figure, is_zero, open, session, id: StoredValue::new(id) }
    }

    pub fn id(&self) -> ItemId {
        self.id.get_value()
    }

    pub fn set_label(&self, text: &str) -> Result<(), String> {
        match text.trim() {
            "" => Err("Say what the figure counts.".to_owned()),
            label => self.change(FigureChange::Label(label.to_owned())),
        }
    }

    pub fn set_note(&self, text: &str) -> Result<(), String> {
        self.change(FigureChange::Note(text.trim().to_owned()))
    }

    pub fn set_value(&self, text: &str) -> Result<(), String> {
        let commands: Vec<_> = written(text, self.me()).into_iter().map(|change| self.command(change)).collect();
        // A value that just fits leaves no room beside it for who checked it.
        let refused = self.open.run_each(&commands).into_iter().find(|(index, _)| *index == 0);
        refused.map_or(Ok(()), |(_, error)| Err(error.to_string()))
    }

    pub fn forget_value(&self) {
        self.open.edit(&self.command(FigureChange::Value(None)));
    }

    /// This person says that the value is what it is.
    pub fn mark_checked(&self) {
        if let Some(me) = self.me() {
            self.open.edit(&self.command(FigureChange::CheckedBy(me)));
        }
    }

    fn me(&self) -> Option<UserId> {
        untrack(|| self.session.person()).map(|person| person.id)
    }

    fn change(&self, change: FigureChange) -> Result<(), String> {
        self.open.try_edit(&self.command(change))
    }

    fn command(&self, change: FigureChange) -> Command {
        Command::ChangeFigure(self.id(), change)
    }
}

/// What writing a value changes: the value first, then who checked it where it is a zero and it is known who writes.
fn written(text: &str, me: Option<UserId>) -> Vec<FigureChange> {
    let text = text.trim();
    let value = FigureChange::Value((!text.is_empty()).then(|| text.to_owned()));
    let check = me.filter(|_| is_zero(text)).map(FigureChange::CheckedBy);
    std::iter::once(value).chain(check).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_writes_a_zero_has_checked_it_and_who_writes_another_value_has_not() {
        let me: UserId = "u1".parse().expect("an id");
        let checked = FigureChange::CheckedBy(me.clone());
        let value = |text: &str| FigureChange::Value(Some(text.to_owned()));
        assert_eq!(written(" 0 ", Some(me.clone())), [value("0"), checked]);
        assert_eq!(written("0", None), [value("0")]);
        assert_eq!(written("12 %", Some(me.clone())), [value("12 %")]);
        assert_eq!(written(" ", Some(me)), [FigureChange::Value(None)]);
    }
}
