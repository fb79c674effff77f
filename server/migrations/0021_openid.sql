-- Signing in with providers of single sign-on (OpenID Connect).
create table providers (
    id text primary key not null, -- as it stands in the address that the provider sends people back to
    name text not null,
    issuer text not null,
    client_id text not null,
    client_secret text, -- as it is: the provider is shown it at each sign-in
    rules text not null, -- whom it lets in as what, in JSON
    created_at text not null
) strict;

-- Who somebody is at a provider. A subject is never given to anybody else there, unlike a mail address.
create table identities (
    provider_id text not null references providers (id) on delete cascade,
    subject text not null,
    user_id text not null references users (id) on delete cascade,
    created_at text not null,
    primary key (provider_id, subject)
) strict, without rowid;
create index identities_of_user on identities (user_id);

-- Sign-ins under way. What a browser and the provider bring back is kept as hashes, and PKCE's verifier and the nonce not at
-- all: they follow from the secret in the browser's cookie.
create table sign_in_attempts (
    state_hash blob primary key not null,
    browser_hash blob not null,
    provider_id text not null references providers (id) on delete cascade,
    destination text not null, -- a path of ours
    ends_at text not null
) strict;
create index sign_in_attempts_by_end on sign_in_attempts (ends_at);

-- The mail domains of which anybody may join whose address a provider has verified, a space between them.
alter table team add column domains text not null default '';
