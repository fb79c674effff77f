-- The incident log is read in pages, by the time of the incident.
create index postmortems_by_time on postmortems (coalesce(started_at, created_at), id);
