-- intake: what was read in from elsewhere, and how far. A chunk's row commits with what the chunk loaded, so a run that
-- was killed goes on exactly where it stood.
CREATE SCHEMA intake;
GRANT USAGE ON SCHEMA intake TO huixiang_app, huixiang_read;

CREATE TABLE intake.run (
    run_id       uuid        PRIMARY KEY,
    source       text        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    stage        text        NOT NULL,
    total        bigint      NOT NULL,             -- items of the stage
    shift_weeks  integer     NOT NULL,             -- whole weeks that times are moved by; the same in every run of a source
    owners       integer,                          -- members asked for; null: all
    chunk_orders integer     NOT NULL,             -- orders a chunk holds at least, so that chunks keep their numbers
    started_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    report       jsonb
);
CREATE UNIQUE INDEX run_running ON intake.run (source) WHERE state = 'running';
CREATE INDEX run_started_at ON intake.run (started_at DESC);

CREATE TABLE intake.chunk (
    run_id      uuid        NOT NULL REFERENCES intake.run,
    stage       text        NOT NULL,
    chunk_no    integer     NOT NULL,
    items       integer     NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, stage, chunk_no)
);

GRANT SELECT, INSERT, UPDATE ON intake.run TO huixiang_app;
GRANT SELECT, INSERT ON intake.chunk TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA intake TO huixiang_read;

-- The system's side of a reconciliation: what stands in the modules' own records from orders of a source. For counting
-- alone; nothing decides on it.
CREATE VIEW intake.loaded_order AS
SELECT source, member_id, order_id, store_id, cash_fen FROM checkout.orders;

CREATE VIEW intake.loaded_line AS
SELECT o.source, l.payable_fen
FROM checkout.orders AS o JOIN checkout.order_line AS l USING (member_id, order_id);

CREATE VIEW intake.loaded_tender AS
SELECT o.source, t.kind, t.amount_fen
FROM checkout.orders AS o JOIN checkout.order_tender AS t USING (member_id, order_id);

CREATE VIEW intake.loaded_earning AS
SELECT o.source, b.code AS book, p.points
FROM checkout.orders AS o
JOIN points.posting AS p ON p.member_id = o.member_id AND p.order_ref = o.order_id
JOIN points.book AS b USING (book)
WHERE p.kind = 'earn';

CREATE VIEW intake.loaded_member AS
SELECT i.source, m.member_id
FROM members.member AS m JOIN members.identity AS i USING (member_id)
WHERE i.kind = 'external';

CREATE VIEW intake.loaded_code AS
SELECT 'store' AS kind, store AS code FROM catalogue.store
UNION ALL
SELECT 'sku', sku FROM catalogue.sku;

GRANT SELECT ON ALL TABLES IN SCHEMA intake TO huixiang_app, huixiang_read;
