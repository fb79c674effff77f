-- What a file tells of where it stands, so that a copy can be told from a backup. While a server has the file open, what was
-- written last stands in the log beside it: a file that says so and lies without its log has lost that. `backed_up_at` is
-- set in copies that `debrief backup` made, and in nothing else. `touched` counts, since SQLite leaves a row that would not
-- change unwritten, and a server writes here to see whether it can.
create table custody (
    id integer primary key check (id = 1),
    is_open integer not null,
    backed_up_at text,
    touched integer not null default 0
) strict;

insert into custody (id, is_open) values (1, 0);

-- The sequence of the last update that the summary was made from: a log that ends before it has lost its end.
alter table postmortems add column sequence integer not null default 0;
