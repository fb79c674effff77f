-- What a person says of themselves beside name and colour, groups of people, and what the team runs.
alter table users add column initials text; -- as chosen; null for those of the name
alter table accounts add column time_zone text; -- by its name in the zone database; null for that of the browser

create table groups (
    id text primary key not null,
    name text not null,
    folded text unique not null -- the name in lower case: SQLite folds no letters but those of English
) strict;

create table group_members (
    group_id text not null references groups (id) on delete cascade,
    user_id text not null references users (id) on delete cascade,
    primary key (group_id, user_id)
) strict, without rowid;
create index groups_of_member on group_members (user_id);

create table services (
    id text primary key not null,
    owner_person text references users (id) on delete set null,
    owner_group text references groups (id) on delete set null,
    check (owner_person is null or owner_group is null)
) strict;
create index services_of_person on services (owner_person) where owner_person is not null;
create index services_of_group on services (owner_group) where owner_group is not null;

-- Every name of every service, so that none leads to two of them. The one at place 0 is written into post-mortems.
create table service_names (
    folded text primary key not null,
    service_id text not null references services (id) on delete cascade,
    place integer not null,
    name text not null,
    unique (service_id, place)
) strict, without rowid;
