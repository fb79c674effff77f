-- Whoever can read a post-mortem is told a receipt, which only this secret makes. A browser that names it later, and may not
-- read any more what it has a copy of, hears that it is closed to its person. Nobody else hears of it, and of what a restored
-- backup does not know nothing is said either: that copy may be the last.
create table secrets (
    id integer primary key not null check (id = 1),
    receipts blob not null
) strict;

insert into secrets (id, receipts) values (1, randomblob(32));
