-- Who may come in, and what they may do. A user is whoever something was written by; an account is a user who can sign in.
-- Users from before there were accounts are names that anybody could give: they stay the authors of what they wrote, and an
-- admin can say that one of them is the same person as an account.
alter table users add column same_as text references users (id) on delete set null;
create index users_of_account on users (same_as) where same_as is not null;

create table accounts (
    user_id text primary key not null references users (id) on delete cascade,
    mail text unique, -- in lower case; none of an account for programs
    password text, -- the hash in PHC form; none of an account for programs
    role text not null,
    created_at text not null,
    suspended_at text,
    seen_at text -- to ten minutes
) strict;

-- One row, made with the first account.
create table team (
    id integer primary key not null check (id = 1),
    name text not null,
    members_are text not null, -- the role on a post-mortem that says nothing else
    pages_are_for text not null, -- who can open a published page unless its publisher says otherwise
    idle_days integer not null,
    session_days integer not null
) strict;

-- Where the server was last reached, for links that are made beside it.
create table served_at (
    id integer primary key not null check (id = 1),
    origin text not null
) strict;

-- Sessions of names without an account end here.
drop table sessions;
create table sessions (
    token_hash blob primary key not null,
    id text unique not null,
    user_id text not null references users (id) on delete cascade,
    device text not null,
    address text not null,
    created_at text not null,
    used_at text not null, -- to ten minutes
    ends_at text not null
) strict;
create index sessions_of_user on sessions (user_id);
create index sessions_by_use on sessions (used_at);

create table tokens (
    token_hash blob primary key not null,
    user_id text not null references users (id) on delete cascade,
    created_at text not null,
    used_at text
) strict;
create index tokens_of_user on tokens (user_id);

-- Links that let somebody in: each for so many people, and for so long.
create table links (
    token_hash blob primary key not null,
    id text unique not null,
    kind text not null,
    role text not null,
    mail text,
    user_id text references users (id) on delete cascade, -- whose account it opens
    people integer not null,
    joined integer not null default 0,
    made_by text references users (id) on delete set null,
    created_at text not null,
    ends_at text not null
) strict;
create index links_of_user on links (user_id) where user_id is not null;
create index links_of_maker on links (made_by) where made_by is not null;

alter table publications add column readers text not null default 'link';

alter table postmortems add column access text not null default 'team';
alter table postmortems add column members_are text; -- null where the team's usual holds
alter table postmortems add column owner_id text references users (id) on delete set null;
create index postmortems_of_owner on postmortems (owner_id) where owner_id is not null;

create table postmortem_members (
    postmortem_id text not null references postmortems (id) on delete cascade,
    user_id text not null references users (id) on delete cascade,
    role text not null,
    primary key (postmortem_id, user_id)
) strict, without rowid;
create index memberships_of_user on postmortem_members (user_id);

-- Of a private one that was deleted only those hear who could read it.
alter table deleted_postmortems add column was_private integer not null default 0;
create table deleted_readers (
    postmortem_id text not null references deleted_postmortems (id) on delete cascade,
    user_id text not null,
    primary key (postmortem_id, user_id)
) strict, without rowid;

-- Names under which nothing was done lead nowhere any more.
delete from users where id <> 'guest'
    and not exists (select 1 from postmortems where created_by = users.id)
    and not exists (select 1 from authors where user_id = users.id)
    and not exists (select 1 from threads where resolved_by = users.id)
    and not exists (select 1 from comments where author = users.id)
    and not exists (select 1 from revisions where published_by = users.id)
    and not exists (select 1 from versions where made_by = users.id);
