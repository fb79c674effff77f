-- Comments are numbered in their thread and threads in their post-mortem, in the order in which they were taken: a clock
-- that goes back must not put a reply before what it answers. What a thread and a post-mortem hold is counted with each
-- write, so that a limit is checked, and a thread told, without reading the others. Rows from before have the order in which
-- they were inserted, which is that of `rowid`.
alter table comments add column number integer not null default 0;
update comments set number = numbered.number
from (select id, row_number() over (partition by thread_id order by rowid) as number from comments) as numbered
where numbered.id = comments.id;
drop index comments_of_thread;
create unique index comments_of_thread on comments (thread_id, number);

alter table threads add column number integer not null default 0;
alter table threads add column last_number integer not null default 0; -- the last that a comment was given, deleted or not
alter table threads add column comments integer not null default 0;
alter table threads add column bytes integer not null default 0; -- of the texts of its comments
update threads set number = numbered.number
from (select id, row_number() over (partition by postmortem_id order by rowid) as number from threads) as numbered
where numbered.id = threads.id;
update threads set last_number = counted.count, comments = counted.count, bytes = counted.bytes
from (select thread_id, count(*) as count, sum(octet_length(text)) as bytes from comments group by thread_id) as counted
where counted.thread_id = threads.id;
drop index threads_of_postmortem;
create unique index threads_of_postmortem on threads (postmortem_id, number);
create index open_threads on threads (postmortem_id) where resolved_at is null;

-- The same of all its threads, with the words that they are about.
alter table postmortems add column last_thread integer not null default 0;
alter table postmortems add column comments integer not null default 0;
alter table postmortems add column comment_bytes integer not null default 0;
update postmortems set last_thread = counted.last, comments = counted.comments, comment_bytes = counted.bytes
from (select postmortem_id, max(number) as last, sum(comments) as comments,
             sum(bytes + coalesce(octet_length(quote), 0)) as bytes
      from threads group by postmortem_id) as counted
where counted.postmortem_id = postmortems.id;

-- They go with their post-mortem.
create index deleted_comments_of_postmortem on deleted_comments (postmortem_id);
