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
