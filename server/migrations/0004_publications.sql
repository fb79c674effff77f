-- Frozen versions. A publication is one link that survives its revisions; a revision is finished HTML that nothing live
-- can change. Withdrawing keeps the publication's row, so that its link answers "gone" rather than "never was", and
-- deletes the revisions: gone, not hidden. For the same reason the row outlives its post-mortem.
create table publications (
    slug text primary key not null,
    postmortem_id text references postmortems (id) on delete set null,
    created_at text not null,
    withdrawn_at text
) strict;

-- One link at a time, whatever two people do at once.
create unique index one_publication_at_a_time on publications (postmortem_id) where withdrawn_at is null;

create table revisions (
    slug text not null references publications (slug) on delete cascade,
    number integer not null,
    html text not null,
    style_hash text not null, -- base64 of the SHA-256 of the page's one style, for its content security policy
    published_by text not null references users (id),
    published_at text not null,
    primary key (slug, number)
) strict;
