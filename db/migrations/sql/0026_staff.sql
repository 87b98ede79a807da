-- staff: the audit log's chains and the signed roots of its days.

-- Where each chain of the audit log stands: the row that the next entry waits for. A copy of the last row's place and
-- hash; rows cut off the end of a day that has no root yet are missed by it.
CREATE TABLE staff.audit_head (
    chain_day date   NOT NULL,
    actor     text   NOT NULL,
    seq       bigint NOT NULL CHECK (seq > 0),
    hash      bytea  NOT NULL,
    PRIMARY KEY (chain_day, actor)
);

-- The signed root of a business day: over the ends of all its chains, and over the root of the day before. Days follow
-- one another without a gap.
CREATE TABLE staff.audit_root (
    day        date        PRIMARY KEY,
    chains     integer     NOT NULL CHECK (chains >= 0),
    entries    bigint      NOT NULL CHECK (entries >= chains),
    ends       bytea       NOT NULL,              -- digest over actor, length and hash of each chain
    previous   bytea       NOT NULL,
    root       bytea       NOT NULL,
    key_id     text        NOT NULL,
    public_key bytea       NOT NULL,              -- Ed25519
    signature  bytea       NOT NULL,
    closed_at  timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON staff.audit_head TO huixiang_app;
GRANT SELECT, INSERT ON staff.audit_root TO huixiang_app;
GRANT SELECT ON staff.audit_head, staff.audit_root TO huixiang_read;
