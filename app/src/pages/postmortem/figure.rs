//! One impact figure, edited in place. Who writes that it is zero has checked it; an unknown one is a button that asks for it.

use super::changes::ChangeMark;
use crate::controls::edit_in_place::EditInPlace;
use crate::controls::focus::focus_id_later;
use crate::controls::icon::{Icon, IconName};
use crate::controls::lock::use_lock;
use crate::controls::menu::{Menu, MenuItem};
use crate::reader::figures::is_long;
use crate::state::open::use_open;
use crate::state::session::use_session;
use leptos::prelude::*;
use postmortem::impact::is_zero;
use postmortem::{Command, FigureChange, ImpactFigure, ItemId, ItemKind};

/// The cell of a figure: value, label, note, and its menu.
#[component]
pub fn FigureCell(
    id: ItemId,
    figure: Memo<ImpactFigure>,
    /// Whether its value waits to be written.
    begins_open: bool,
) -> impl IntoView {
    let open = use_open();
    let session = use_session();
    let lock = use_lock();
    let item = StoredValue::new(id);
    let change = move |change| open.try_edit(&Command::ChangeFigure(item.get_value(), change));
    let value = Signal::derive(move || figure.with(|figure| figure.value.clone()));
    let value_typed = Signal::derive(move || value.get().unwrap_or_default());
    let label = Signal::derive(move || figure.with(|figure| figure.label.clone()));
    let note = Signal::derive(move || figure.with(|figure| figure.note.clone()));
    let is_noting = RwSignal::new(false);
    let check = move || session.person().map(|person| FigureChange::CheckedBy(person.id));
    let set_value = Callback::new(move |text: String| {
        let text = text.trim().to_owned();
        let check = if is_zero(&text) { untrack(check) } else { None };
        let changes = [FigureChange::Value((!text.is_empty()).then_some(text))].into_iter().chain(check);
        let commands: Vec<_> = changes.map(|change| Command::ChangeFigure(item.get_value(), change)).collect();
        // A value that just fits leaves no room beside it for who checked it.
        let refused = open.run_each(&commands).into_iter().find(|(index, _)| *index == 0);
        refused.map_or(Ok(()), |(_, error)| Err(error.to_string()))
    });
    let is_writing = RwSignal::new(begins_open);
    let set_label = Callback::new(move |text: String| {
        if text.trim().is_empty() {
            return Err("Say what the figure counts.".to_owned());
        }
        change(FigureChange::Label(text.trim().to_owned()))
    });
    let set_note = Callback::new(move |text: String| change(FigureChange::Note(text.trim().to_owned())));
    let is_zero = Memo::new(move |_| value.get().as_deref().is_some_and(is_zero));
    let checked_by = Memo::new(move |_| figure.with(|figure| figure.checked_by.clone()).filter(|_| is_zero.get()));
    // A check that came with a file may be of somebody who is not known here.
    let checker = Memo::new(move |_| {
        let id = checked_by.get()?;
        let me = session.person().filter(|me| me.id == id);
        let person = me.or_else(|| open.discussion.writer(&id))?;
        Some(person.name)
    });
    let mark_checked = move || {
        if let Some(check) = untrack(check) {
            open.edit(&Command::ChangeFigure(item.get_value(), check));
        }
    };
    let is_long = Memo::new(move |_| value.get().as_deref().is_some_and(is_long));
    view! {
        <div data-figure=item.get_value().to_string()>
            <dt>
                <EditInPlace
                    label="What is counted"
                    shown=Signal::derive(move || Some(label.get()).filter(|label| !label.is_empty()))
                    placeholder="Name this figure"
                    typed=label
                    commit=set_label
                />
            </dt>
            <dd class="v" class:long=is_long>
                <EditInPlace
                    label
                    shown=value
                    placeholder="Not known yet"
                    typed=value_typed
                    commit=set_value
                    example="0, or a figure with its unit"
                    is_open=is_writing
                />
            </dd>
            <Show when=move || is_noting.get() || is_zero.get() || !note.with(String::is_empty)>
                <dd class="n">
                    {move || match (checked_by.get(), checker.get()) {
                        (Some(_), who) => {
                            let who = who.unwrap_or_else(|| "somebody who has not written here".to_owned());
                            view! { <Icon name=IconName::Check small=true /> {format!("Checked by {who}: ")} }.into_any()
                        }
                        (None, _) if is_zero.get() => {
                            view! {
                                <button
                                    type="button"
                                    class="btn bare small"
                                    disabled=move || lock.is_closed()
                                    title=move || lock.reason()
                                    on:click=move |_| mark_checked()
                                >
                                    "Mark as checked"
                                </button>
                            }
                                .into_any()
                        }
                        (None, _) => ().into_any(),
                    }}
                    <EditInPlace
                        label="How it was found"
                        shown=Signal::derive(move || Some(note.get()).filter(|note| !note.is_empty()))
                        placeholder="Add a note"
                        typed=note
                        commit=set_note
                        is_open=is_noting
                    />
                </dd>
            </Show>
            <dd>
              <ChangeMark place=format!("impact/{}", item.get_value()) />
              <Menu label=Signal::derive(move || format!("More about {}", label.get())) class="btn bare icon small">
                <MenuItem
                    label="Write how it was found"
                    icon=IconName::Edit
                    lock
                    run=Callback::new(move |()| is_noting.set(true))
                />
                <MenuItem
                    label="Mark as not known"
                    icon=IconName::Empty
                    lock
                    run=Callback::new(move |()| {
                        open.edit(&Command::ChangeFigure(item.get_value(), FigureChange::Value(None)));
                    })
                />
                <MenuItem
                    label="Delete figure"
                    icon=IconName::Delete
                    danger=true
                    lock
                    run=Callback::new(move |()| {
                        let what = format!("“{}”", label.get_untracked());
                        open.delete(ItemKind::Figure, item.get_value(), &what);
                        focus_id_later("impact".to_owned());
                    })
                />
              </Menu>
            </dd>
        </div>
    }.into_any()
}
