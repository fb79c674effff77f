-- What is written. The document itself is the log: `updates` is append-only, one row for each turn of a room, and
-- `snapshots` holds what compaction folded out of it (everything up to and with its sequence). `generation` changes only
-- when a document is rebuilt from its values, so that old copies are never merged into it.
--
-- The other columns of `postmortems` are a summary for the incident log, written by the room shortly after a change;
-- they can always be made again from the log and are never read back into a document.
create table postmortems (
    id text primary key not null,
    generation integer not null default 1,
    created_by text references users (id),
    created_at text not null,
    updated_at text not null,
    title text not null,
    severity text not null,
    status text not null,
    owner text not null,
    services text not null, -- a JSON array of names
    started_at text,
    resolved_at text,
    entries integer not null,
    actions_open integer not null,
    actions_total integer not null
) strict;

create table updates (
    postmortem_id text not null references postmortems (id) on delete cascade,
    sequence integer not null,
    data blob not null,
    primary key (postmortem_id, sequence)
) strict, without rowid;

create table snapshots (
    postmortem_id text primary key not null references postmortems (id) on delete cascade,
    sequence integer not null,
    data blob not null
) strict;

-- Who brought which part of the history: the clocks of `client` from `from_clock` on, until the client's next row.
-- No user means that the server made it: the template, or an import.
create table authors (
    postmortem_id text not null references postmortems (id) on delete cascade,
    client integer not null,
    from_clock integer not null,
    user_id text references users (id),
    primary key (postmortem_id, client, from_clock)
) strict, without rowid;
