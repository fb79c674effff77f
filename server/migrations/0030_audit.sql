-- Who did what. Rows are added, and deleted when they have been kept for as long as the team says; none is ever changed.
create table audit_entries (
    sequence integer primary key autoincrement,
    at text not null,
    actor text not null, -- 'person', 'operator' or 'debrief'
    actor_id text, -- the user, where it is a person
    actor_name text not null, -- as it was then
    address text not null, -- none of whoever sits at the server
    device text not null,
    action text not null,
    postmortem_id text, -- one that may be gone meanwhile, with every word of it
    subject text not null, -- whom or what it was done to, in words
    detail text not null,
    who_folded text not null, -- who and from where, in small letters, as searches ask for it
    what_folded text not null -- the same of what it was done to, and how
) strict;
create index audit_entries_by_time on audit_entries (at);
create index audit_entries_of_refusals on audit_entries (address, at) where action = 'sign_in_refused';

create trigger audit_entries_stay before update on audit_entries
begin
    select raise(abort, 'what stands in the audit log is not changed');
end;

alter table team add column audit_days integer not null default 400; -- for how long the entries are kept
