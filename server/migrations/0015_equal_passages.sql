-- Which of equal words a thread is about: a comment on the second of two equal sentences must not move to the first when the
-- second is deleted. JSON, since it is only ever read as a whole; null where a thread is about no words, and where it was
-- begun before this.
alter table threads add column equals text;
