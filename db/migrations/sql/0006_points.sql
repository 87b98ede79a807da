-- points: the ledger. `posting` is the journal and is append-only: the app role may insert and select,
-- nothing else. All amounts are whole points of the book (growth: fen of spend).
CREATE SCHEMA points;
GRANT USAGE ON SCHEMA points TO huixiang_app, huixiang_read;

CREATE TABLE points.book (
    book      smallint PRIMARY KEY,
    code      text     NOT NULL UNIQUE,
    has_lots  boolean  NOT NULL
);
INSERT INTO points.book (book, code, has_lots) VALUES (1, 'points', true), (2, 'growth', false);

-- Its laws are in points/rules/journal.check and in db/invariants, and not in a CHECK, whose text the server reads anew
-- for each statement, at the cost of the rest of a small update; nor are those of points.lot.
-- counters: what caps have counted. open_from, open_lot: no lot before this place has anything remaining.
CREATE TABLE points.account (
    member_id   uuid        NOT NULL,
    book        smallint    NOT NULL,
    balance     bigint      NOT NULL,
    held        bigint      NOT NULL,
    pending     bigint      NOT NULL,
    debt        bigint      NOT NULL,
    seq         bigint      NOT NULL,
    last_lot    bigint      NOT NULL,
    head        bytea       NOT NULL,
    counters    bigint[]    NOT NULL,
    recorded_at timestamptz NOT NULL,
    open_from   date        NOT NULL,
    open_lot    bigint      NOT NULL,
    PRIMARY KEY (member_id, book)
) WITH (fillfactor = 60);

-- The columns of numbers are laid out in points/model/ledger.py.
CREATE TABLE points.posting (
    member_id       uuid        NOT NULL,
    book            smallint    NOT NULL,
    seq             bigint      NOT NULL,
    points          bigint      NOT NULL,
    requested       bigint      NOT NULL,
    lapsed          bigint      NOT NULL,
    held_delta      bigint      NOT NULL,
    pending_delta   bigint      NOT NULL,
    debt_delta      bigint      NOT NULL,
    kind            text        NOT NULL,
    cause           text        NOT NULL,
    counter_account text        NOT NULL,
    budget          text,
    rule            text,
    rule_version    integer,
    order_ref       uuid,
    occurred_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    key             text        NOT NULL,
    origin_key      text,
    input_hash      bytea       NOT NULL,
    alloc           bigint[]    NOT NULL,
    opened          bigint[]    NOT NULL,
    hash            bytea       NOT NULL,
    PRIMARY KEY (member_id, book, seq)
);
CREATE UNIQUE INDEX posting_key ON points.posting (member_id, book, key);
CREATE INDEX posting_origin ON points.posting (member_id, book, origin_key) WHERE origin_key IS NOT NULL;
-- A day of the journal: rows arrive in the order of recorded_at, so a summary of block ranges is enough.
CREATE INDEX posting_recorded_at ON points.posting USING brin (recorded_at) WITH (pages_per_range = 32);

-- Consumed in primary-key order: earliest expiry first. `remaining` is in no index, and half a page is left free
-- for the day on which all lots of a page expire together, so updates stay HOT.
CREATE TABLE points.lot (
    member_id      uuid     NOT NULL,
    book           smallint NOT NULL,
    expires_on     date     NOT NULL,
    lot_no         bigint   NOT NULL,
    original       bigint   NOT NULL,
    remaining      bigint   NOT NULL,
    held           bigint   NOT NULL,
    lapsed         bigint   NOT NULL,
    matures_at     timestamptz,
    origin_posting bigint   NOT NULL,
    origin_lot     bigint,
    PRIMARY KEY (member_id, book, expires_on, lot_no)
) WITH (fillfactor = 48);
CREATE INDEX lot_matures_at ON points.lot (matures_at, member_id) WHERE matures_at IS NOT NULL;
-- For the sweep of a day: lots of one month are opened together.
CREATE INDEX lot_expires_on ON points.lot USING brin (expires_on) WITH (pages_per_range = 32);

-- Open holds. A finished one is in the journal: its posting has the key `hold:<id>`, and what ended it that origin_key.
CREATE TABLE points.hold (
    member_id  uuid     NOT NULL,
    hold_id    uuid     NOT NULL,
    book       smallint NOT NULL,
    points     bigint   NOT NULL CHECK (points > 0),
    alloc      bigint[] NOT NULL,
    expires_at timestamptz,
    order_ref  uuid,
    PRIMARY KEY (member_id, book, hold_id)
);
CREATE INDEX hold_expires_at ON points.hold (expires_at) WHERE expires_at IS NOT NULL;

CREATE VIEW points.points_facts AS
SELECT a.member_id, b.code AS book, a.balance, a.held, a.pending, a.debt,
       a.balance - a.held - a.pending AS available
FROM points.account a JOIN points.book b USING (book);

-- Growth by when it occurred, for who reckons a window of it.
CREATE VIEW points.points_growth_facts AS
SELECT member_id, occurred_at, points FROM points.posting WHERE book = 2;

-- When something of an account is due next, so that who reads `available` knows whether it still holds: the last day of
-- the points that expire first, when the first pending ones can be spent, when the first hold is over.
CREATE VIEW points.points_due_facts AS
SELECT a.member_id, b.code AS book, l.expires_on, l.matures_at, h.expires_at AS hold_expires_at
FROM points.account a JOIN points.book b USING (book)
CROSS JOIN LATERAL (
    SELECT min(l.expires_on) FILTER (WHERE l.remaining > l.held) AS expires_on, min(l.matures_at) AS matures_at
    FROM points.lot l
    WHERE l.member_id = a.member_id AND l.book = a.book AND (l.expires_on, l.lot_no) >= (a.open_from, a.open_lot)
      AND l.remaining > 0
) AS l
CROSS JOIN LATERAL (
    SELECT min(h.expires_at) AS expires_at FROM points.hold h WHERE h.member_id = a.member_id AND h.book = a.book
) AS h;

GRANT SELECT, INSERT, UPDATE, DELETE ON points.account, points.lot, points.hold TO huixiang_app;
GRANT SELECT, INSERT ON points.posting TO huixiang_app;
GRANT SELECT ON points.book, points.points_facts, points.points_growth_facts, points.points_due_facts
    TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA points TO huixiang_read;
