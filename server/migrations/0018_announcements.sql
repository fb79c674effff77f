-- What was written that others are to hear of, in the order of its commits: stored with what was written, so that it is told
-- also where another process wrote it, and so that whoever was away for a while hears of what they missed. A row names what
-- has changed and holds nothing of it: whoever tells it reads how that stands, and words that are deleted are nowhere else.
-- Of two rows that name the same only the later one is kept. Nothing refers to others, since what they name may be gone.
create table announcements (
    sequence integer primary key autoincrement,
    kind text not null,
    -- The post-mortem; empty where it is about none.
    postmortem_id text not null,
    -- The thread, or the user.
    subject text not null,
    -- The comment of the thread.
    comment_id text not null,
    unique (postmortem_id, kind, subject, comment_id)
) strict;
