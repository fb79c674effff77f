BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'people','2026-12-01 03:37:18',1,X'8D472FDCD1718B7D34C8D633417277C2979AA0A9CFD2148C0A38E4558F6C75423FAF21A8DB89FCC50165712D91BB52AC',6428474);
INSERT INTO "_sqlx_migrations" VALUES(2,'postmortems','2026-12-01 03:37:18',1,X'9629BB0992ADCE704A3FE5BA7F6B38B20C926CE4E86289285AC758A95281A42F40C038CBB034F60D0113D11E3F6BD504',1171676);
INSERT INTO "_sqlx_migrations" VALUES(3,'threads','2026-12-01 03:37:18',1,X'A0472C2C87ED6185695A91E802514F62E65767C69126C9750AA480527D9BE8206E14BB690DB6EAD14449B06F83BC7A40',3662086);
INSERT INTO "_sqlx_migrations" VALUES(4,'publications','2026-12-01 03:37:18',1,X'474206C17753F3B3DD398CBCAE5E96B80A507A0B1512770FB4B78AF08481ED603D9D83CF612C6C9FA07187D68B6F0D3A',833605);
INSERT INTO "_sqlx_migrations" VALUES(5,'versions','2026-12-01 03:37:18',1,X'51033B30F8650D37EDCF5999FA0A2545E128530493CE403664B6ABFC87A8043EE8F37C52115F0F54BFDF34C2996639CA',604195);
INSERT INTO "_sqlx_migrations" VALUES(6,'damage','2026-12-01 03:37:18',1,X'823C46C330D63D0EAE3A11D7BA9CFBB26C07279B03121D32B48A47C19A6015B6D5CD4D341053EE523FA53559CC94F6E2',693027);
INSERT INTO "_sqlx_migrations" VALUES(7,'passages','2026-12-01 03:37:18',1,X'E641545EBF6E2F7D15289B9259B64A11BC99EBA952995220641A079A9478989A761CA35E7FC987F0F60E43EF1E4EFD12',8204055);
INSERT INTO "_sqlx_migrations" VALUES(8,'published digests','2026-12-01 03:37:18',1,X'E0B4D5679FC740AD6AD1D349608A749F47A3E20DB1B29C46DA8C0D70031DA533B62DEB487351BD8CC84D04416F5B1613',824972);
INSERT INTO "_sqlx_migrations" VALUES(9,'deleted comments','2026-12-01 03:37:18',1,X'63988813D654E94A15F64770837A69F6EA0B1A4EC599A1AB265B7DE40528E8E72302A81FE062F14A5C52D224FDC13136',584536);
INSERT INTO "_sqlx_migrations" VALUES(10,'numbered comments','2026-12-01 03:37:18',1,X'4C45D762307C80EAFFFB89F44B54B13406DF0EDB38C26F768E9F19C34DCCBDE4ACB3B898977A66579EE14D195FB4DE19',7682392);
INSERT INTO "_sqlx_migrations" VALUES(11,'idle sessions','2026-12-01 03:37:18',1,X'3E9ECC097580EEC388F94F4A47438CE8D92B0D0E8BD7B6743CF194CED025471337ECC0C4A7B8C3FBF18B15E1722035E4',1017968);
INSERT INTO "_sqlx_migrations" VALUES(13,'custody','2026-12-01 03:37:18',1,X'75C99F91E1CFE3AFA352EEFBB66F0A19C69B41B0878AA1BEC1210E43CEA21B57B6B805BCA9E9870AE1B2268934EACF9F',839654);
INSERT INTO "_sqlx_migrations" VALUES(14,'withdrawn revisions','2026-12-01 03:37:18',1,X'C8554CB4A7B6F695EDEE0AAEFA50A90891573F9023A742AAB169345100CDF044B7386E8B12CD13D56E635A839D36019E',713437);
INSERT INTO "_sqlx_migrations" VALUES(15,'equal passages','2026-12-01 03:37:18',1,X'461D54C36F1EEB4365D3AF116E95BF1F922D8FDF64F3CA4AD51588E54CF4EFE894B2686827F047BB89065FE0B4EB6741',727047);
INSERT INTO "_sqlx_migrations" VALUES(16,'late','2026-12-01 03:37:18',1,X'AC99DD2890E1EDD118C9729DA99677253D8D1DD2371778446CFEEA35F18092DABB5B3BD09544921277C7C186FBA7DDDB',1617847);
INSERT INTO "_sqlx_migrations" VALUES(17,'deleted postmortems','2026-12-01 03:37:18',1,X'BEAA8171A601BCC56B89CE854591A7B1EB40F07918B3902B042DD6151BAAC5A702B5034746D3D42B53F735435AA42992',20017869);
INSERT INTO "_sqlx_migrations" VALUES(18,'announcements','2026-12-01 03:37:18',1,X'F0C810344B5539890735C20BF102C8E6987FD1ECC7B515DCC3F572140761E1B8A7AF9A7AFFCC2DB14A18B2E385086668',12029133);
CREATE TABLE announcements (
    sequence integer primary key autoincrement,
    kind text not null,
    -- The post-mortem; empty where it is about none.
    postmortem_id text not null,
    -- The thread, or the user.
    subject text not null,
    -- The comment of the thread.
    comment_id text not null,
    unique (postmortem_id, kind, subject, comment_id)
) strict;
INSERT INTO "announcements" VALUES(1,'summary','01a22fad-a9bc-7501-92a8-92a7945591c7','','');
INSERT INTO "announcements" VALUES(2,'thread','01a22fad-a9bc-7501-92a8-92a7945591c7','01a22fad-a9e2-7f7b-832a-3e6bffe73e8b','01a22fad-a9e2-7f7b-832a-3e6bffe73e8b');
INSERT INTO "announcements" VALUES(3,'publication','01a22fad-a9bc-7501-92a8-92a7945591c7','','');
CREATE TABLE authors (
    postmortem_id text not null references postmortems (id) on delete cascade,
    client integer not null,
    from_clock integer not null,
    user_id text references users (id),
    primary key (postmortem_id, client, from_clock)
) strict, without rowid;
INSERT INTO "authors" VALUES('01a22fad-a9bc-7501-92a8-92a7945591c7',2769115075,0,NULL);
CREATE TABLE comments (
    id text primary key not null,
    thread_id text not null references threads (id) on delete cascade,
    author text not null references users (id),
    text text not null,
    created_at text not null,
    edited_at text
, number integer not null default 0) strict;
INSERT INTO "comments" VALUES('01a22fad-a9e2-7f7b-832a-3e6bffe73e8b','01a22fad-a9e2-7f7b-832a-3e6bffe73e8b','01a22fad-a916-7fb3-b1fe-9e34262e782b','Which disk?','2026-12-01T03:37:20.098+00:00',NULL,1);
CREATE TABLE custody (
    id integer primary key check (id = 1),
    is_open integer not null,
    backed_up_at text,
    touched integer not null default 0
) strict;
INSERT INTO "custody" VALUES(1,0,NULL,2);
CREATE TABLE deleted_comments (
    id text primary key not null,
    postmortem_id text not null references postmortems (id) on delete cascade
) strict;
CREATE TABLE deleted_postmortems (
    id text primary key not null
) strict;
CREATE TABLE postmortems (
    id text primary key not null,
    generation integer not null default 1,
    created_by text references users (id),
    created_at text not null,
    updated_at text not null,
    title text not null,
    severity text not null,
    status text not null,
    owner text not null,
    services text not null, -- a JSON array of names
    started_at text,
    resolved_at text,
    entries integer not null,
    actions_open integer not null,
    actions_total integer not null
, last_thread integer not null default 0, comments integer not null default 0, comment_bytes integer not null default 0, sequence integer not null default 0, meeting_at text, next_due text, is_imported integer not null default 0, example text) strict;
INSERT INTO "postmortems" VALUES('01a22fad-a9bc-7501-92a8-92a7945591c7',1,'01a22fad-a916-7fb3-b1fe-9e34262e782b','2026-12-01T03:37:20.061+00:00','2026-12-01T03:37:20.061+00:00','Disk full','SEV-2','draft','','[]',NULL,NULL,0,0,0,1,1,11,0,NULL,NULL,0,NULL);
CREATE TABLE publications (
    slug text primary key not null,
    postmortem_id text references postmortems (id) on delete set null,
    created_at text not null,
    withdrawn_at text
, last_revision integer not null default 0) strict;
INSERT INTO "publications" VALUES('e276cf6bfa01a927858e23c9f3cfa48d','01a22fad-a9bc-7501-92a8-92a7945591c7','2026-12-01T03:37:20.126+00:00',NULL,0);
CREATE TABLE replaced_logs (
    postmortem_id text not null,
    replaced_at text not null,
    kind text not null,
    sequence integer not null,
    data blob not null,
    primary key (postmortem_id, replaced_at, kind, sequence)
) strict;
CREATE TABLE revisions (
    slug text not null references publications (slug) on delete cascade,
    number integer not null,
    html text not null,
    style_hash text not null, -- base64 of the SHA-256 of the page's one style, for its content security policy
    published_by text not null references users (id),
    published_at text not null, digests text,
    primary key (slug, number)
) strict;
INSERT INTO "revisions" VALUES('e276cf6bfa01a927858e23c9f3cfa48d',1,'<!doctype html><title>Disk full</title>','MUkeRwcHuFpaRcBpIsnPIfimJ8YuGXS7Rm/TaxuGL88=','01a22fad-a916-7fb3-b1fe-9e34262e782b','2026-12-01T03:37:20.126+00:00','{"details":2145501644,"sections":{},"figures":{},"entries":{},"actions":{},"responders":{}}');
CREATE TABLE sessions (
    token_hash blob primary key not null,
    user_id text not null references users (id) on delete cascade,
    created_at text not null
, used_at text) strict;
INSERT INTO "sessions" VALUES(X'6E6A60E640F5499ED5F0E21F125C3C9C862D3307097D6D07EA2361D7762DB55F','01a22fad-a916-7fb3-b1fe-9e34262e782b','2026-12-01T03:37:19.894+00:00','2026-12-01T03:37:20.167+00:00');
INSERT INTO "sessions" VALUES(X'4AD370146BB0FBCC6269EFFA1F8B4BBCB348823C9EE00532571182F8FAEA5C6F','01a22fad-a963-7283-85f6-b17817f00b40','2026-12-01T03:37:19.971+00:00',NULL);
CREATE TABLE set_aside (
    postmortem_id text primary key not null references postmortems (id) on delete cascade,
    found_at text not null,
    problem text not null
) strict;
CREATE TABLE snapshots (
    postmortem_id text primary key not null references postmortems (id) on delete cascade,
    sequence integer not null,
    data blob not null
) strict;
CREATE TABLE threads (
    id text primary key not null,
    postmortem_id text not null references postmortems (id) on delete cascade,
    place text not null,
    created_at text not null,
    resolved_by text references users (id),
    resolved_at text
, passage_start text, passage_end text, quote text, number integer not null default 0, last_number integer not null default 0, comments integer not null default 0, bytes integer not null default 0, equals text) strict;
INSERT INTO "threads" VALUES('01a22fad-a9e2-7f7b-832a-3e6bffe73e8b','01a22fad-a9bc-7501-92a8-92a7945591c7','sections/overview','2026-12-01T03:37:20.098+00:00',NULL,NULL,NULL,NULL,NULL,1,1,1,11,NULL);
CREATE TABLE updates (
    postmortem_id text not null references postmortems (id) on delete cascade,
    sequence integer not null,
    data blob not null,
    primary key (postmortem_id, sequence)
) strict, without rowid;
INSERT INTO "updates" VALUES('01a22fad-a9bc-7501-92a8-92a7945591c7',1,X'011BC3AFB5A80A002801046D657461057469746C650177094469736B2066756C6C2801046D6574610873657665726974790177055345562D322801046D65746106737461747573017705647261667427010873656374696F6E73086F766572766965770227010873656374696F6E730D776861745F68617070656E65640227010873656374696F6E7314636F6E747269627574696E675F666163746F72730227010873656374696F6E730A7265736F6C7574696F6E0227010873656374696F6E730977656E745F77656C6C0227010873656374696F6E730B77656E745F706F6F726C790227010873656374696F6E730E696E7465726E616C5F656D61696C0227010873656374696F6E731065787465726E616C5F6D657373616765022801046D65746106736368656D61017D01270106696D70616374116163636F756E74735F6166666563746564012800C3AFB5A80A0C056F72646572017C3F8000002800C3AFB5A80A0C056C6162656C0177114163636F756E7473206166666563746564270106696D706163740E75736572735F6166666563746564012800C3AFB5A80A0F056F72646572017C400000002800C3AFB5A80A0F056C6162656C01770E5573657273206166666563746564270106696D7061637410737570706F72745F7265717565737473012800C3AFB5A80A12056F72646572017C404000002800C3AFB5A80A12056C6162656C017717537570706F727420726571756573747320726169736564270106696D706163740E6576656E74735F64726F70706564012800C3AFB5A80A15056F72646572017C408000002800C3AFB5A80A15056C6162656C01771E4576656E74732064726F70706564206F72206E6F74206163636570746564270106696D70616374126E6F74696669636174696F6E735F6C617465012800C3AFB5A80A18056F72646572017C40A000002800C3AFB5A80A18056C6162656C0177224E6F74696669636174696F6E732064656C697665726564206F7574206F6620534C4100');
CREATE TABLE users (
    id text primary key not null,
    name text not null,
    color text not null,
    created_at text not null
) strict;
INSERT INTO "users" VALUES('guest','Guest','umber','1970-01-01T00:00:00+00:00');
INSERT INTO "users" VALUES('01a22fad-a916-7fb3-b1fe-9e34262e782b','Mara','violet','2026-12-01T03:37:19.894+00:00');
INSERT INTO "users" VALUES('01a22fad-a963-7283-85f6-b17817f00b40','Idle','teal','2026-12-01T03:37:19.971+00:00');
CREATE TABLE versions (
    postmortem_id text not null references postmortems (id) on delete cascade,
    number integer not null,
    sequence integer not null,
    reason text not null,
    made_by text references users (id),
    made_at text not null,
    state blob not null,
    primary key (postmortem_id, number)
) strict;
INSERT INTO "versions" VALUES('01a22fad-a9bc-7501-92a8-92a7945591c7',1,1,'published','01a22fad-a916-7fb3-b1fe-9e34262e782b','2026-12-01T03:37:20.125+00:00',X'011BC3AFB5A80A002801046D657461057469746C650177094469736B2066756C6C2801046D6574610873657665726974790177055345562D322801046D65746106737461747573017705647261667427010873656374696F6E73086F766572766965770227010873656374696F6E730D776861745F68617070656E65640227010873656374696F6E7314636F6E747269627574696E675F666163746F72730227010873656374696F6E730A7265736F6C7574696F6E0227010873656374696F6E730977656E745F77656C6C0227010873656374696F6E730B77656E745F706F6F726C790227010873656374696F6E730E696E7465726E616C5F656D61696C0227010873656374696F6E731065787465726E616C5F6D657373616765022801046D65746106736368656D61017D01270106696D70616374116163636F756E74735F6166666563746564012800C3AFB5A80A0C056F72646572017C3F8000002800C3AFB5A80A0C056C6162656C0177114163636F756E7473206166666563746564270106696D706163740E75736572735F6166666563746564012800C3AFB5A80A0F056F72646572017C400000002800C3AFB5A80A0F056C6162656C01770E5573657273206166666563746564270106696D7061637410737570706F72745F7265717565737473012800C3AFB5A80A12056F72646572017C404000002800C3AFB5A80A12056C6162656C017717537570706F727420726571756573747320726169736564270106696D706163740E6576656E74735F64726F70706564012800C3AFB5A80A15056F72646572017C408000002800C3AFB5A80A15056C6162656C01771E4576656E74732064726F70706564206F72206E6F74206163636570746564270106696D70616374126E6F74696669636174696F6E735F6C617465012800C3AFB5A80A18056F72646572017C40A000002800C3AFB5A80A18056C6162656C0177224E6F74696669636174696F6E732064656C697665726564206F7574206F6620534C4100');
CREATE INDEX sessions_of_user on sessions (user_id);
CREATE UNIQUE INDEX one_publication_at_a_time on publications (postmortem_id) where withdrawn_at is null;
CREATE UNIQUE INDEX comments_of_thread on comments (thread_id, number);
CREATE UNIQUE INDEX threads_of_postmortem on threads (postmortem_id, number);
CREATE INDEX open_threads on threads (postmortem_id) where resolved_at is null;
CREATE INDEX deleted_comments_of_postmortem on deleted_comments (postmortem_id);
CREATE INDEX postmortems_of_creator on postmortems (created_by) where created_by is not null;
CREATE INDEX authors_of_user on authors (user_id) where user_id is not null;
CREATE INDEX threads_of_resolver on threads (resolved_by) where resolved_by is not null;
CREATE INDEX comments_of_author on comments (author);
CREATE INDEX revisions_of_publisher on revisions (published_by);
CREATE INDEX versions_of_maker on versions (made_by) where made_by is not null;
CREATE UNIQUE INDEX postmortems_by_example on postmortems (example) where example is not null;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('announcements',3);
COMMIT;
