-- A post-mortem may name groups beside people: whoever is in one when they ask has its role.
create table postmortem_groups (
    postmortem_id text not null references postmortems (id) on delete cascade,
    group_id text not null references groups (id) on delete cascade,
    role text not null,
    primary key (postmortem_id, group_id)
) strict, without rowid;
create index postmortems_of_group on postmortem_groups (group_id);
