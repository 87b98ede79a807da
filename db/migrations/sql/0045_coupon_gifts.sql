-- coupons: lists by state, packs, gifts (docs/decisions/0036, point 6).
CREATE INDEX coupon_by_issue ON coupons.coupon (member_id, issued_at, coupon_id);

ALTER TABLE coupons.coupon ADD COLUMN pack text;         -- the pack it came in; null: in none
CREATE INDEX coupon_pack ON coupons.coupon (member_id, pack) WHERE pack IS NOT NULL;

-- The packs that a member was given, each once. Not moved by a merge: the copies are, and say their pack. Only ever added to.
CREATE TABLE coupons.pack_issued (
    member_id    uuid        NOT NULL,
    pack         text        NOT NULL,
    pack_version integer     NOT NULL,
    copies       integer     NOT NULL CHECK (copies > 0),
    worth_fen    bigint      NOT NULL CHECK (worth_fen >= 0),
    issued_at    timestamptz NOT NULL,
    PRIMARY KEY (member_id, pack)
);

-- A copy that its member gives on, under the member who gives; found by `platform.directory` (kind `coupon_gift`, the hash of the
-- secret in the link). open: nobody took it; taken: its copy is on its way to the receiver; received; returned: the giver has
-- their copy back. While it is not returned, the giver's copy is `given`. The receiver's copy has the gift's id.
CREATE TABLE coupons.gift (
    member_id   uuid        NOT NULL,
    gift_id     uuid        NOT NULL,
    coupon_id   uuid        NOT NULL,
    template    text        NOT NULL,
    token_hash  bytea       NOT NULL,
    state       text        NOT NULL CHECK (state IN ('open', 'taken', 'received', 'returned')),
    receiver_id uuid,                                    -- by the id that they took it under
    why         text,                                    -- it was returned
    made_at     timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL,
    taken_at    timestamptz,
    finished_at timestamptz,
    merges      uuid[]      NOT NULL DEFAULT '{}',       -- the merges that brought it here, the last one last
    PRIMARY KEY (member_id, gift_id),
    CHECK (ends_at > made_at),
    CHECK ((receiver_id IS NULL) = (taken_at IS NULL)),
    CHECK (receiver_id IS NOT NULL OR state IN ('open', 'returned')),
    CHECK ((why IS NOT NULL) = (state = 'returned')),
    CHECK ((finished_at IS NOT NULL) = (state IN ('received', 'returned')))
);
CREATE INDEX gift_made ON coupons.gift (member_id, made_at, gift_id);
CREATE INDEX gift_anywhere ON coupons.gift (gift_id);   -- for steps that find its giver merged, or parted again
CREATE INDEX gift_due ON coupons.gift (ends_at, member_id, gift_id) WHERE state = 'open';

-- For reports: what became of copies, by when; the batch whose code a copy was had by; what a copy took off the order that used
-- it, as it was quoted.
CREATE INDEX coupon_change_at ON coupons.coupon_change USING brin (changed_at);
CREATE INDEX code_copy ON coupons.code (coupon_id) WHERE coupon_id IS NOT NULL;

CREATE VIEW coupons.coupons_log_facts AS
SELECT h.member_id, h.coupon_id, c.template, c.rule, h.what, h.cause, h.order_id, h.changed_at
FROM coupons.coupon_change AS h JOIN coupons.coupon AS c ON c.coupon_id = h.coupon_id;

CREATE VIEW coupons.coupons_batches_facts AS
SELECT coupon_id, batch_id FROM coupons.code WHERE coupon_id IS NOT NULL AND taken_until IS NULL;

CREATE VIEW checkout.checkout_coupons_facts AS
SELECT p.member_id, p.order_id, (a.applied->>'coupon_id')::uuid AS coupon_id, (a.applied->>'saved_fen')::bigint AS off_fen
FROM checkout.placed AS p CROSS JOIN jsonb_array_elements(p.applied) AS a (applied)
WHERE p.state = 'completed' AND a.applied->>'coupon_id' IS NOT NULL;

GRANT SELECT ON coupons.coupons_log_facts, coupons.coupons_batches_facts, checkout.checkout_coupons_facts
    TO huixiang_app, huixiang_read;

GRANT SELECT, INSERT, UPDATE ON coupons.gift TO huixiang_app;
GRANT SELECT ON coupons.gift TO huixiang_read;
GRANT SELECT, INSERT ON coupons.pack_issued TO huixiang_app;
GRANT SELECT ON coupons.pack_issued TO huixiang_read;
