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

CREATE TABLE points.account (
    member_id uuid     NOT NULL,
    book      smallint NOT NULL,
    balance   bigint   NOT NULL,
    held      bigint   NOT NULL,
    pending   bigint   NOT NULL,
    debt      bigint   NOT NULL,
    seq       bigint   NOT NULL,
    last_lot  bigint   NOT NULL,
    head      bytea    NOT NULL,
    PRIMARY KEY (member_id, book),
    CHECK (balance >= 0 AND held >= 0 AND pending >= 0 AND debt >= 0),
    CHECK (balance - held - pending >= 0),
    CHECK (debt = 0 OR balance - held = 0)
) WITH (fillfactor = 60);

CREATE TABLE points.posting (
    member_id       uuid        NOT NULL,
    book            smallint    NOT NULL,
    seq             bigint      NOT NULL,
    points          bigint      NOT NULL,
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
    input_hash      bytea       NOT NULL,
    alloc           bigint[]    NOT NULL,
    hash            bytea       NOT NULL,
    PRIMARY KEY (member_id, book, seq)
);
CREATE UNIQUE INDEX posting_key ON points.posting (member_id, book, key);

-- Consumed in primary-key order: earliest expiry first. `remaining` is in no index, so updates stay HOT.
CREATE TABLE points.lot (
    member_id      uuid     NOT NULL,
    book           smallint NOT NULL,
    expires_on     date     NOT NULL,
    lot_no         bigint   NOT NULL,
    original       bigint   NOT NULL,
    remaining      bigint   NOT NULL,
    held           bigint   NOT NULL,
    matures_at     timestamptz,
    origin_posting bigint   NOT NULL,
    origin_lot     bigint,
    PRIMARY KEY (member_id, book, expires_on, lot_no),
    CHECK (remaining >= 0 AND held >= 0 AND held <= remaining AND remaining <= original)
) WITH (fillfactor = 80);
CREATE INDEX lot_matures_at ON points.lot (matures_at, member_id) WHERE matures_at IS NOT NULL;

CREATE TABLE points.hold (
    member_id  uuid        NOT NULL,
    hold_id    uuid        NOT NULL,
    book       smallint    NOT NULL,
    points     bigint      NOT NULL,
    alloc      bigint[]    NOT NULL,
    expires_at timestamptz NOT NULL,
    state      text        NOT NULL,
    PRIMARY KEY (member_id, hold_id)
);

CREATE VIEW points.points_facts AS
SELECT a.member_id, b.code AS book, a.balance, a.held, a.pending, a.debt,
       a.balance - a.held - a.pending AS available
FROM points.account a JOIN points.book b USING (book);

GRANT SELECT, INSERT, UPDATE, DELETE ON points.account, points.lot, points.hold TO huixiang_app;
GRANT SELECT, INSERT ON points.posting TO huixiang_app;
GRANT SELECT ON points.book, points.points_facts TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA points TO huixiang_read;
