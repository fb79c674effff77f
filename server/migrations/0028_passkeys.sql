-- Passkeys: keys that a device of somebody keeps, and by which it proves that it is theirs. Of each the public half is here, as
-- the library writes it; it signs nobody in.
create table passkeys (
    id text primary key not null,
    credential_id blob unique not null, -- how the device calls it
    user_id text not null references users (id) on delete cascade,
    name text not null,
    made_for text not null, -- the name of the server: it signs nobody in under another one
    public_key blob not null,
    state blob not null, -- its counter, and what else changes with each use
    transports integer not null,
    created_at text not null,
    used_at text
) strict;
create index passkeys_of_user on passkeys (user_id);

-- By which one a session began: it ends when that is removed.
alter table sessions add column passkey_id text references passkeys (id) on delete set null;
create index sessions_of_passkey on sessions (passkey_id) where passkey_id is not null;

-- What browsers were asked, and by whom a passkey is to be added. The secret in a browser's cookie is kept as a hash; what was
-- asked stands in the state, and opens nothing without a device and that browser.
create table passkey_attempts (
    challenge_hash blob primary key not null,
    browser_hash blob not null,
    user_id text references users (id) on delete cascade, -- none where somebody signs in
    state blob not null, -- what the library holds the answer against
    ends_at text not null
) strict;
create index passkey_attempts_by_end on passkey_attempts (ends_at);
create index passkey_attempts_of_user on passkey_attempts (user_id) where user_id is not null;
