-- Publishing again after a withdrawal takes the same link up again, with its next version. The pages of the versions before
-- are gone, so their number has to be kept beside them.
alter table publications add column last_revision integer not null default 0;
