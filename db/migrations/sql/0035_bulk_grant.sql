-- grants: points, coupons and benefits for many members at once, under approval, and undone.
CREATE SCHEMA grants;
GRANT USAGE ON SCHEMA grants TO huixiang_app, huixiang_read;

CREATE TABLE grants.bulk (
    grant_id      uuid        PRIMARY KEY,
    name          text        NOT NULL,
    gift          jsonb       NOT NULL,              -- what each member gets
    audience      jsonb       NOT NULL,              -- the condition; of a list, how many rows it had
    per_member    bigint,                            -- caps, in points, copies or entitlements
    in_all        bigint,
    budget_points bigint,                            -- all that may ever be issued from the gift's budget
    reason        text        NOT NULL,
    preview       jsonb       NOT NULL,
    state         text        NOT NULL CHECK (state IN ('draft', 'waiting', 'refused', 'running', 'paused', 'stopping',
                                                        'stopped', 'done', 'undo_waiting', 'undoing', 'undone')),
    ended_as      text        CHECK (ended_as IN ('done', 'stopped')),   -- where a refused undoing leads back to
    made_by       uuid        NOT NULL,
    made_at       timestamptz NOT NULL,
    approval_id   uuid,
    undo_id       uuid,                              -- the request to undo it
    generation    integer     NOT NULL DEFAULT 0,    -- of the chain of jobs that may go on
    after         uuid,                              -- how far the chain has come
    listed        integer     NOT NULL CHECK (listed >= 0),
    granted       integer     NOT NULL DEFAULT 0,
    skipped       integer     NOT NULL DEFAULT 0,
    failed        integer     NOT NULL DEFAULT 0,
    given         bigint      NOT NULL DEFAULT 0,
    looked_at     integer     NOT NULL DEFAULT 0,    -- members of whom something was to be taken back
    taken         bigint      NOT NULL DEFAULT 0,
    started_at    timestamptz,
    ended_at      timestamptz,
    undone_at     timestamptz,
    CHECK (granted + skipped + failed <= listed),
    CHECK (state NOT IN ('done', 'stopped', 'undo_waiting', 'undoing', 'undone') OR granted + skipped + failed = listed),
    CHECK (taken <= given AND looked_at <= granted),
    CHECK (state <> 'undone' OR looked_at = granted)
) WITH (fillfactor = 50);
CREATE INDEX bulk_made_at ON grants.bulk (made_at, grant_id);
CREATE INDEX bulk_approval ON grants.bulk (approval_id);
CREATE INDEX bulk_undo ON grants.bulk (undo_id);

-- One member's row of a grant. Rows stay under the id that was listed, as postings do, whoever is merged.
CREATE TABLE grants.recipient (
    grant_id  uuid   NOT NULL,
    member_id uuid   NOT NULL,
    amount    bigint NOT NULL CHECK (amount > 0),
    state     text   NOT NULL CHECK (state IN ('planned', 'left', 'granted', 'skipped', 'failed')),
    reason    text,                                  -- why it was skipped or failed
    given     bigint NOT NULL DEFAULT 0 CHECK (given >= 0),
    taken     bigint CHECK (taken BETWEEN 0 AND given),   -- back; null: not looked at
    rest      text,                                  -- why not all was taken back
    PRIMARY KEY (grant_id, member_id),
    CHECK ((state = 'granted') = (given > 0)),
    CHECK ((state IN ('skipped', 'failed')) = (reason IS NOT NULL)),
    CHECK (taken IS NULL OR state = 'granted'),
    CHECK (rest IS NULL OR taken < given)
) WITH (fillfactor = 70);
CREATE INDEX recipient_left ON grants.recipient (grant_id, member_id) WHERE state = 'left';  -- to the general door
CREATE INDEX recipient_member ON grants.recipient (member_id);

-- Rows of a list that name nobody, or somebody twice. What stood in them is not kept.
CREATE TABLE grants.refused_row (
    grant_id uuid    NOT NULL,
    line     integer NOT NULL,
    problem  text    NOT NULL,
    PRIMARY KEY (grant_id, line)
);

GRANT SELECT, INSERT, UPDATE ON grants.bulk, grants.recipient TO huixiang_app;
GRANT SELECT, INSERT ON grants.refused_row TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA grants TO huixiang_read;
