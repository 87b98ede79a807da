-- coupons: lists by state, packs (docs/decisions/0036, point 6).
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

GRANT SELECT, INSERT ON coupons.pack_issued TO huixiang_app;
GRANT SELECT ON coupons.pack_issued TO huixiang_read;
