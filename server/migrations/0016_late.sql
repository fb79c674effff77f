-- What the incident log says is late: when the review meeting is held, and the first day by which an action that is open is
-- due. A post-mortem that nobody has written in since this was added says neither until somebody does.
alter table postmortems add column meeting_at text;
alter table postmortems add column next_due text;

-- What came as a file was reviewed elsewhere: the days for its review are not counted.
alter table postmortems add column is_imported integer not null default 0;

-- The example that it was made from; each is there once.
alter table postmortems add column example text;
create unique index postmortems_by_example on postmortems (example) where example is not null;
