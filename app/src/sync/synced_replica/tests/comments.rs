//! Comments that wait, are taken and are refused.

use super::*;
use crate::sync::CommentAnswer;
use postmortem::{Comment, CommentId, Subject, Thread};

fn comment(at: u64) -> PendingComment {
    let subject = Subject::Section("overview".parse().expect("a section"));
    PendingComment { id: CommentId::new(at, [7; 10]), subject, thread: None, passage: None, text: format!("Why? {at}") }
}

fn thread(of: &PendingComment) -> Thread {
    let said = Comment {
        id: of.id.clone(),
        number: 1,
        author: mara(),
        text: of.text.clone(),
        created_at: "2018-10-21T22:52:00Z".parse().expect("a time"),
        edited_at: None,
    };
    let id = of.id.clone().into();
    Thread { id, subject: of.subject.clone(), passage: None, comments: vec![said], more: None, resolved: None }
}

fn waiting(page: &Page) -> usize {
    let told = page.events().filter_map(|event| match event {
        SyncEvent::CommentsWaiting(_, ids) => Some(ids.len()),
        _ => None,
    });
    told.last().expect("it was told")
}

#[test]
fn a_comment_is_shown_at_once_and_sent_when_the_edits_before_it_are_saved() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.write(&typed(0, "a"));
    page.synced.comment(comment(1));
    page.drain();
    assert_eq!((waiting(&page), page.posted().len(), page.standing().unsaved), (1, 0, 2));
    assert_eq!(page.synced.threads().len(), 1);
    page.exchange(&mut server);
    assert_eq!(page.posted(), [&comment(1)]);
    page.synced.comment_answered(&comment(1), CommentAnswer::Taken(Box::new(thread(&comment(1)))));
    page.drain();
    assert_eq!((waiting(&page), page.standing().is_saved()), (0, true));
    assert_eq!(page.synced.rows().threads().len(), 1);
    assert!(page.outputs.contains(&Output::Effect(Effect::Storage(StorageOrder::DropComment(comment(1).id)))));
}

#[test]
fn a_comment_that_found_no_answer_is_sent_again_and_none_overtakes_it() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.synced.comment(comment(1));
    page.synced.comment(comment(2));
    page.drain();
    page.synced.comment_answered(&comment(1), CommentAnswer::Later);
    page.synced.tick();
    page.drain();
    assert_eq!(page.posted(), [&comment(1), &comment(1)]);
}

#[test]
fn a_refused_comment_goes_back_to_its_person_or_into_a_file_when_they_left() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    let refused = || CommentAnswer::Refused("It is too long.".into());
    page.synced.comment(comment(1));
    page.drain();
    page.synced.comment_answered(&comment(1), refused());
    page.drain();
    assert!(page.events().any(|event| *event == SyncEvent::CommentRefused(comment(1), "It is too long.".into())));
    page.synced.comment(comment(2));
    page.drain();
    page.synced.leave();
    page.synced.comment_answered(&comment(2), refused());
    assert!(!page.synced.is_idle(), "the file is on its way");
    page.drain();
    assert!(page.synced.is_idle());
    page.synced.enter();
    page.drain();
    assert_eq!(page.files(), ["Why? 2"]);
}

#[test]
fn comments_that_an_earlier_page_left_are_sent_and_stored_again_where_the_storage_is_in_doubt() {
    let mut server = Server::new();
    let mut page = Page::new();
    page.synced.copy_opened(Some(Found::default()), vec![comment(1)], Some(mara().id));
    page.drain();
    page.synced.storage_doubted();
    page.drain();
    assert!(page.outputs.contains(&Output::Effect(Effect::Storage(StorageOrder::KeepComment(comment(1))))));
    page.connect(&mut server);
    page.exchange(&mut server);
    assert_eq!(page.posted(), [&comment(1)]);
}

#[test]
fn the_words_of_comments_go_into_the_file_of_a_deleted_post_mortem() {
    let mut server = Server::new();
    let mut page = Page::in_step(&mut server);
    page.cut(&mut server);
    page.synced.comment(comment(1));
    page.synced.gone(Gone::Deleted);
    page.drain();
    assert!(page.files()[0].contains("Why? 1"));
    assert_eq!(page.synced.unsaved(), 0);
}
