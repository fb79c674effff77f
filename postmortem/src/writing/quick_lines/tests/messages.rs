//! Messages of chats and mails, as they are copied.

use super::*;

fn later() -> Near {
    Near::now(at("2026-03-20T18:00:00Z"), Zone::UTC)
}

#[test]
fn a_message_that_begins_with_a_clock_does_not_take_the_place_of_its_head() {
    for (text, expected) in [
        (
            "Mara Lindqvist  12:12 PM\n12:05 queue stops\nJonah Adeyemi  12:20 PM\n12:10 we saw it\n12:15 paged",
            vec![
                "03-20 12:12 Mara Lindqvist: 12:05 queue stops",
                "03-20 12:20 Jonah Adeyemi: 12:10 we saw it\n12:15 paged",
            ],
        ),
        (
            "Mara Lindqvist\n  12:12 PM\n12:05 queue stops\nJonah Adeyemi\n  12:20 PM\nyes",
            vec!["03-20 12:12 Mara Lindqvist: 12:05 queue stops", "03-20 12:20 Jonah Adeyemi: yes"],
        ),
        (
            "mara  12:12 PM\nso far:\n12:05 queue stops\n25:10 typed wrong",
            vec!["03-20 12:12 mara: so far:\n12:05 queue stops\n25:10 typed wrong"],
        ),
        ("[12:12 PM] Mara Lindqvist\n12:05 queue stops", vec!["03-20 12:12 Mara Lindqvist: 12:05 queue stops"]),
        // The same person goes on without am or pm.
        (
            "Mara Lindqvist  9:30 PM\nqueue stops\n9:45\nit is back",
            vec!["03-19 21:30 Mara Lindqvist: queue stops", "03-19 21:45 Mara Lindqvist: it is back"],
        ),
        (
            "Mara Lindqvist  12:12 PM\n```\nERROR timeout\n\n  at db1\n```\nJonah Adeyemi  12:20 PM\nyes",
            vec!["03-20 12:12 Mara Lindqvist:\n```\nERROR timeout\n\n  at db1\n```", "03-20 12:20 Jonah Adeyemi: yes"],
        ),
        ("Mara Lindqvist  12:12 PM\n---\nqueue stops", vec!["03-20 12:12 Mara Lindqvist: ---\nqueue stops"]),
        ("```\nMara Lindqvist  12:12 PM\nqueue stops\n```", vec!["03-20 12:12 Mara Lindqvist: queue stops"]),
        ("Mara Lindqvist  12:12 PM\nTODO restart db", vec!["03-20 12:12 Mara Lindqvist: TODO restart db"]),
        ("Mara Lindqvist  12:12 PM\n# of nodes is 3", vec!["03-20 12:12 Mara Lindqvist: # of nodes is 3"]),
        ("Mara Lindqvist  12:12 PM\ntimeline is in CET", vec!["03-20 12:12 Mara Lindqvist: timeline is in CET"]),
        // No chat: a title above a list.
        ("Timeline\n12:05 queue stops\n12:10 seen", vec!["? Timeline", "03-20 12:05 queue stops", "03-20 12:10 seen"]),
    ] {
        assert_eq!(told(text, &later()), expected, "{text}");
    }
}

#[test]
fn who_speaks_may_stand_before_the_time() {
    for (text, expected) in [
        (
            "Mara: 12:12 queue stops\nJonah: 12:14 it is back",
            vec!["03-20 12:12 Mara: queue stops", "03-20 12:14 Jonah: it is back"],
        ),
        ("[Mara] 12:12 queue stops", vec!["03-20 12:12 Mara: queue stops"]),
        ("<mara> 12:12 queue stops", vec!["03-20 12:12 mara: queue stops"]),
        ("@mara 12:12 - queue stops", vec!["03-20 12:12 @mara: queue stops"]),
        ("Mara Lindqvist (12:12): queue stops", vec!["03-20 12:12 Mara Lindqvist: queue stops"]),
        ("- Mara – 12:12 – queue stops", vec!["03-20 12:12 Mara: queue stops"]),
        ("Mara: 2026-03-10 12:12 queue stops", vec!["03-10 12:12 Mara: queue stops"]),
        ("[decision] 12:12 deploys locked", vec!["03-20 12:12 deploys locked"]),
    ] {
        assert_eq!(told(text, &later()), expected, "{text}");
    }
}

#[test]
fn a_forwarded_mail_is_one_entry_at_the_time_when_it_was_sent() {
    let body = "The queue stops.\n\n12:05 first error\n12:07 second error";
    for head in [
        "From: Mara Lindqvist <mara@a.example>\nSent: Tuesday, March 10, 2026 12:12 PM\nTo: ops@a.example\nSubject: RE: queue\n\n",
        "-----Original Message-----\nFrom: Mara Lindqvist\nSent: Tuesday, March 10, 2026 12:12 PM\nTo: ops\nSubject: RE: queue\n\n",
        "---------- Forwarded message ---------\nFrom: Mara Lindqvist <mara@a.example>\nDate: Tue, Mar 10, 2026 at 12:12 PM\nSubject: RE: queue\nTo: <ops@a.example>\n\n",
        "**From:** Mara Lindqvist\n**Sent:** 10 March 2026 12:12\n**Subject:** RE: queue\n\n",
        "Date: Tue, 10 Mar 2026 12:12:00 +0000\nFrom: Mara Lindqvist <mara@a.example>\nTo: ops@a.example,\n dev@a.example\nSubject: RE: queue\n\n",
        "Von: Mara Lindqvist <mara@a.example>\nGesendet: Dienstag, 10. März 2026 12:12\nAn: ops\nBetreff: RE: queue\n\n",
    ] {
        let list = read(&format!("{head}{body}"), &later());
        let found = entries(&list, 0);
        assert_eq!((found.len(), list.doubt()), (1, None), "{head}");
        assert_eq!(found[0].at, Some(at("2026-03-10T12:12:00Z")), "{head}");
        assert_eq!(found[0].text, body, "{head}");
        assert_eq!(found[0].clock, "mail from Mara Lindqvist", "{head}");
        assert_eq!(found[0].note, "Subject: RE: queue", "{head}");
    }
    let quoted = "> The queue stops.\n> \n> 12:05 first error\n> 12:07 second error";
    for head in [
        "On Tue, Mar 10, 2026 at 12:12 PM Mara Lindqvist <mara@a.example> wrote:\n\n",
        "On 10 Mar 2026, at 12:12, Mara Lindqvist <mara@a.example> wrote:\n",
        "On Tue, Mar 10, 2026 at 12:12 PM Mara Lindqvist\n<mara@a.example> wrote:\n",
        "Am 10.03.2026 um 12:12 schrieb Mara Lindqvist:\n",
    ] {
        let found = entries(&read(&format!("We are on it.\n\n{head}{quoted}\n\n12:20 it is back"), &later()), 0);
        let told: Vec<_> = found.iter().map(|entry| (entry.at, entry.text.as_str())).collect();
        assert_eq!(told.first(), Some(&(None, "We are on it.")), "{head}");
        assert_eq!(told.get(1), Some(&(Some(at("2026-03-10T12:12:00Z")), body)), "{head}");
        assert_eq!(told.len(), 3, "{head}: {told:?}");
    }
    let two = "From: Mara\nSent: 10 March 2026 12:30\nSubject: RE: queue\n\nIt is back.\n\nFrom: Jonah\nSent: 10 March 2026 12:12\nSubject: queue\n\nIt stops.";
    assert_eq!(told(two, &later()), ["03-10 12:30 It is back.", "03-10 12:12 It stops."]);
    let unread = "From: Mara\nSent: at noon\nSubject: queue\n\n12:12 It stops.";
    let found = entries(&read(unread, &later()), 0);
    assert_eq!((found.len(), found[0].at), (1, None));
    assert!(found[0].text.contains("12:12 It stops.") && found[0].note.contains("at noon"));
}
