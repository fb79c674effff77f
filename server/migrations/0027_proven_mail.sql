-- Whether the mail address of an account is known to be its person's: an operator's or an invitation's link named it, or a
-- provider has verified it. Otherwise it is what whoever joined typed. Of before only the first admin's counts.
alter table accounts add column is_mail_proven integer not null default 0;
update accounts set is_mail_proven = 1 where role = 'admin' and user_id = (
    select user_id from accounts where mail is not null order by created_at, rowid limit 1);
