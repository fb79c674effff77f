-- When a session was last used, to the day, so that those which nobody uses can end; null for one that never was. Of those
-- that are there nobody knows, and they count as used now.
--
-- A person ends with their last session when nothing names them. The indexes answer that without reading the tables, for us
-- and for SQLite, which looks itself before it deletes a user.
alter table sessions add column used_at text;
update sessions set used_at = strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now');

create index postmortems_of_creator on postmortems (created_by) where created_by is not null;
create index authors_of_user on authors (user_id) where user_id is not null;
create index threads_of_resolver on threads (resolved_by) where resolved_by is not null;
create index comments_of_author on comments (author);
create index revisions_of_publisher on revisions (published_by);
create index versions_of_maker on versions (made_by) where made_by is not null;
