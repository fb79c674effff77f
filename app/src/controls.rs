//! Small controls that pages share.

pub mod avatar;
pub mod brand;
pub mod choice;
pub mod completion;
pub mod copy_button;
pub mod dialog;
pub mod edit_in_place;
pub mod field;
pub mod focus;
pub mod form_field;
pub mod link_field;
pub mod list;
pub mod lock;
pub mod menu;
pub mod notice_area;
pub mod notices;
pub mod panel;
pub mod person_field;
pub mod private_mark;
pub mod question;
pub mod shortcuts;
pub mod steady_list;
pub mod theme_button;
pub mod time_field;
