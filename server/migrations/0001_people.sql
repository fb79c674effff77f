-- Who writes. Until people sign in, a user is a display name given in one browser; rows carry user ids from the start
-- so that signing in can later be put in front of the same ids. A session is looked up by the hash of its token: a
-- copy of the database lets nobody in. Times are UTC in RFC 3339, which sorts as text.
create table users (
    id text primary key not null,
    name text not null,
    color text not null,
    created_at text not null
) strict;

create table sessions (
    token_hash blob primary key not null,
    user_id text not null references users (id) on delete cascade,
    created_at text not null
) strict;

create index sessions_of_user on sessions (user_id);

-- The person behind every connection that brings no session, such as a stock Yjs client: what it writes has an
-- author like everything else.
insert into users (id, name, color, created_at) values ('guest', 'Guest', 'umber', '1970-01-01T00:00:00+00:00');
