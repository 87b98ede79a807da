-- coupons: the copies that members hold. What a coupon does is a rule of pricing, named by its code; what it is to its
-- member is a document of kind `coupon_template`, whose version a copy keeps (docs/decisions/0036).
CREATE SCHEMA coupons;
GRANT USAGE ON SCHEMA coupons TO huixiang_app, huixiang_read;

CREATE TABLE coupons.coupon (
    member_id        uuid        NOT NULL,
    coupon_id        uuid        NOT NULL,
    rule             text        NOT NULL,
    state            text        NOT NULL CHECK (state IN ('issued', 'held', 'used', 'expired', 'voided', 'given')),
    issued_at        timestamptz NOT NULL,
    expires_at       timestamptz,                        -- null: never
    recorded_at      timestamptz NOT NULL,
    merges           uuid[]      NOT NULL DEFAULT '{}',  -- the merges that brought it here, the last one last
    template         text,                               -- null: a bare copy of a rule
    template_version integer,
    order_id         uuid,                               -- that holds it, or used it
    returned_days    smallint    NOT NULL DEFAULT 3 CHECK (returned_days > 0),   -- that are left at least, given back
    remind_at        timestamptz,                        -- when its end is announced; null: not, or done
    changes          integer     NOT NULL DEFAULT 1 CHECK (changes > 0),          -- rows of coupon_change
    PRIMARY KEY (member_id, coupon_id),
    CHECK (expires_at > issued_at),
    CHECK ((template IS NULL) = (template_version IS NULL)),
    CHECK ((order_id IS NOT NULL) = (state IN ('held', 'used')))
);
CREATE INDEX coupon_held ON coupons.coupon (member_id, COALESCE(expires_at, 'infinity'), coupon_id) WHERE state = 'issued';
CREATE INDEX coupon_order ON coupons.coupon (member_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX coupon_due ON coupons.coupon (expires_at, member_id, coupon_id) WHERE state = 'issued';
CREATE INDEX coupon_remind ON coupons.coupon (remind_at, member_id, coupon_id)
    WHERE state = 'issued' AND remind_at IS NOT NULL;

-- Every change of a copy, with what it was after it. member_id: who had it then; seq: from 1, no gap. order_id: of the
-- order that the change is about. actor: the person who did it at the console, as `staff:<id>`, and why in their words.
-- Only ever added to.
CREATE TABLE coupons.coupon_change (
    member_id  uuid        NOT NULL,
    coupon_id  uuid        NOT NULL,
    seq        integer     NOT NULL,
    what       text        NOT NULL CHECK (what IN ('issued', 'held', 'used', 'released', 'returned', 'expired', 'voided',
                                                   'given', 'withdrawn')),
    state      text        NOT NULL CHECK (state IN ('issued', 'held', 'used', 'expired', 'voided', 'given')),
    order_id   uuid,
    expires_at timestamptz,
    cause      text        NOT NULL,
    changed_at timestamptz NOT NULL,
    actor      text,
    reason     text,
    PRIMARY KEY (member_id, coupon_id, seq),
    CHECK ((actor IS NULL) = (reason IS NULL))
);
CREATE INDEX coupon_change_copy ON coupons.coupon_change (coupon_id, seq);

-- How many copies of a template a member has and had, under whose lock a limit is counted.
CREATE TABLE coupons.member_issued (
    member_id uuid    NOT NULL,
    template  text    NOT NULL,
    issued    integer NOT NULL CHECK (issued >= 0),
    PRIMARY KEY (member_id, template)
) WITH (fillfactor = 70);

-- What became of a copy for which a ticket was taken, decided once, by whoever comes first: its issue or the sweep.
CREATE TABLE coupons.claim (
    coupon_id  uuid        PRIMARY KEY,
    stands     boolean     NOT NULL,
    decided_at timestamptz NOT NULL
);

-- What may be used; the caller looks at `expires_at`.
CREATE VIEW coupons.coupons_facts AS
SELECT member_id, coupon_id, rule, expires_at FROM coupons.coupon WHERE state = 'issued';

GRANT SELECT, INSERT, UPDATE ON coupons.coupon, coupons.member_issued TO huixiang_app;
GRANT SELECT, INSERT ON coupons.coupon_change, coupons.claim TO huixiang_app;
GRANT SELECT ON coupons.coupons_facts TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA coupons TO huixiang_read;
