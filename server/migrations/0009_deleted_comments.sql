-- Ids of comments that their authors deleted. A browser that has not heard that a comment arrived sends it again, and must
-- not bring it back.
create table deleted_comments (
    id text primary key not null,
    postmortem_id text not null references postmortems (id) on delete cascade
) strict;
