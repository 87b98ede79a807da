-- coupons: batches of codes of which each is good once (docs/decisions/0036, point 5). The codes themselves stand nowhere.

-- handed: attempts to hand the file out. Who did not get all of it begins anew, and the codes of attempts before are good
-- for nothing.
CREATE TABLE coupons.code_batch (
    batch_id    uuid        PRIMARY KEY,
    name        text        NOT NULL,
    template    text        NOT NULL,
    codes       integer     NOT NULL CHECK (codes BETWEEN 1 AND 1000000),
    opens_at    timestamptz,
    closes_at   timestamptz CHECK (closes_at > opens_at),
    state       text        NOT NULL CHECK (state IN ('waiting', 'refused', 'ready', 'handing', 'handed', 'voided')),
    attempt     smallint    NOT NULL DEFAULT 0,
    stored      integer     NOT NULL DEFAULT 0 CHECK (stored BETWEEN 0 AND codes),   -- codes of this attempt
    made_by     uuid        NOT NULL,
    made_at     timestamptz NOT NULL,
    handed_by   uuid,
    handed_at   timestamptz,                     -- when all of it was sent
    voided_by   uuid,
    voided_at   timestamptz,
    approval_id uuid        NOT NULL,
    CHECK (state <> 'handed' OR handed_at IS NOT NULL),
    CHECK ((state = 'voided') = (voided_at IS NOT NULL)),
    CHECK (handed_at IS NULL OR stored = codes)
);
CREATE INDEX code_batch_made ON coupons.code_batch (made_at, batch_id);
CREATE INDEX code_batch_approval ON coupons.code_batch (approval_id, batch_id);

-- One code, by its keyed hash. Taken by a member for a copy: until `taken_until` that may still be undone, and null there
-- says that the copy was issued.
CREATE TABLE coupons.code (
    code_hash   bytea       NOT NULL,
    batch_id    uuid        NOT NULL,
    attempt     smallint    NOT NULL,
    taken_by    uuid,
    coupon_id   uuid,
    taken_at    timestamptz,
    taken_until timestamptz,
    PRIMARY KEY (code_hash),
    CHECK ((taken_by IS NULL) = (coupon_id IS NULL)),
    CHECK ((taken_by IS NULL) = (taken_at IS NULL)),
    CHECK (taken_by IS NOT NULL OR taken_until IS NULL)
) WITH (fillfactor = 90);
CREATE INDEX code_taken ON coupons.code (batch_id, code_hash) WHERE taken_by IS NOT NULL;
CREATE INDEX code_due ON coupons.code (taken_until, code_hash) WHERE taken_until IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON coupons.code_batch, coupons.code TO huixiang_app;
GRANT SELECT ON coupons.code_batch, coupons.code TO huixiang_read;
