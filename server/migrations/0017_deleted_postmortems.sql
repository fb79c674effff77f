-- Ids of post-mortems that somebody deleted. What was deleted is told from what a restored backup does not know: browsers
-- throw their copy away of the one, and keep what may be the last of the other.
create table deleted_postmortems (
    id text primary key not null
) strict;
