-- A post-mortem as it was: kept when it is published, when its status changes, while people write, and before an earlier
-- version is brought back. `state` is the whole document in our own encoding and of the same history as the log, with
-- every update up to and with `sequence`; numbers are given out once for each post-mortem. `made_by` is nobody where several
-- people wrote.
create table versions (
    postmortem_id text not null references postmortems (id) on delete cascade,
    number integer not null,
    sequence integer not null,
    reason text not null,
    made_by text references users (id),
    made_at text not null,
    state blob not null,
    primary key (postmortem_id, number)
) strict;
