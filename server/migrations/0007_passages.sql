-- Threads stand on sections as well, and on words of either. `place` is what `entry` was, as a path of the document
-- (`sections/overview`, `timeline/ID`); the three new columns are all null where a thread is about the whole.
alter table threads rename column entry to place;
update threads set place = 'timeline/' || place;
alter table threads add column passage_start text;
alter table threads add column passage_end text;
alter table threads add column quote text;
