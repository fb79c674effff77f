-- What was published, as digests of its parts in JSON, so that the editor can say what has changed since. Nothing can be
-- read out of them. Null for what was published before they were kept; they go with their revision.
alter table revisions add column digests text;
