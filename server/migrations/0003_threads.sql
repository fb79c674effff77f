-- Comments are rows and no part of the document: the server writes author and time from the session, so nobody can
-- write in another's name, and a thread outlives the entry it is about. `entry` is therefore no foreign key.
create table threads (
    id text primary key not null,
    postmortem_id text not null references postmortems (id) on delete cascade,
    entry text not null,
    created_at text not null,
    resolved_by text references users (id),
    resolved_at text
) strict;

create index threads_of_postmortem on threads (postmortem_id, created_at);

create table comments (
    id text primary key not null,
    thread_id text not null references threads (id) on delete cascade,
    author text not null references users (id),
    text text not null,
    created_at text not null,
    edited_at text
) strict;

create index comments_of_thread on comments (thread_id, created_at);
