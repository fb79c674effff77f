-- What could not be read. A post-mortem in `set_aside` is not opened, so that everything else goes on; its rows stay where
-- they are until `debrief doctor --repair` puts a readable log in their place. What it took away then is kept in
-- `replaced_logs` as it was: the snapshot has the kind 'snapshot'.
create table set_aside (
    postmortem_id text primary key not null references postmortems (id) on delete cascade,
    found_at text not null,
    problem text not null
) strict;

create table replaced_logs (
    postmortem_id text not null,
    replaced_at text not null,
    kind text not null,
    sequence integer not null,
    data blob not null,
    primary key (postmortem_id, replaced_at, kind, sequence)
) strict;
