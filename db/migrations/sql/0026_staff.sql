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

-- What one person asks for and another decides: a command of some module, as data. Rows are only added.
-- owner_id: the member that it concerns; the request's own id where it concerns none.
CREATE TABLE staff.approval (
    approval_id uuid        PRIMARY KEY,
    owner_id    uuid        NOT NULL,
    command     text        NOT NULL,             -- points.adjust, rulebook.publish, ...
    version     integer     NOT NULL,             -- of the payload's shape
    subject     text        NOT NULL,             -- <kind>:<id>
    payload     json        NOT NULL,             -- personal values in it are sealed, as in the difference
    difference  json        NOT NULL,             -- what it would change: [{path, before, after}]
    base        text,                             -- what the maker saw; refused at the end where that has moved
    reason      text        NOT NULL,
    decided_by  text        NOT NULL,             -- the permission that decides
    made_by     uuid        NOT NULL,
    made_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL CHECK (expires_at > made_at)
);
CREATE INDEX approval_made_at ON staff.approval (made_at, approval_id);
CREATE INDEX approval_expires_at ON staff.approval (expires_at);

CREATE TABLE staff.approval_decision (
    approval_id uuid        PRIMARY KEY REFERENCES staff.approval,
    decision    text        NOT NULL CHECK (decision IN ('approve', 'refuse', 'expire')),
    checked_by  uuid,
    note        text,
    decided_at  timestamptz NOT NULL,
    CHECK ((decision = 'expire') = (checked_by IS NULL))
);

-- What came of an approved command: done, or refused by its own module, with the code of that.
CREATE TABLE staff.approval_outcome (
    approval_id uuid        PRIMARY KEY REFERENCES staff.approval_decision,
    state       text        NOT NULL CHECK (state IN ('done', 'failed')),
    code        text,
    result      json,
    settled_at  timestamptz NOT NULL,
    CHECK ((state = 'failed') = (code IS NOT NULL))
);

GRANT SELECT, INSERT ON staff.approval, staff.approval_decision, staff.approval_outcome TO huixiang_app;
GRANT SELECT ON staff.approval_decision, staff.approval_outcome TO huixiang_read;
