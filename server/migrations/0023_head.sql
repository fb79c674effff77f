-- Status and owner are rows from here on, which the server writes from the session. What stands in these columns already is
-- the summary of the document of before: it holds until the post-mortem is opened next, which reads the document once more.
alter table postmortems add column head_at text; -- when one of them was set last; null while the document has them
alter table postmortems add column head_by text references users (id) on delete set null;

-- How they stood when a version was kept; null in those of before, whose documents have them.
alter table versions add column status text;
alter table versions add column owner text;
