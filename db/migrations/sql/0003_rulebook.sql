-- rulebook: versioned rule documents of every kind. A document, each change of its state and each turn of a switch are
-- rows that are only ever added: the app role may insert and select, nothing else. What is current at an instant is the
-- highest published version whose period holds it. Drafts alone change in place.
CREATE SCHEMA rulebook;
GRANT USAGE ON SCHEMA rulebook TO huixiang_app, huixiang_read;

-- The name of what is published and switched now, given anew by every change: what a process read under it still holds
-- while it stands. Its row lock makes those who publish, withdraw or switch take turns.
CREATE TABLE rulebook.revision (
    one boolean PRIMARY KEY CHECK (one),
    id  uuid    NOT NULL
);

CREATE TABLE rulebook.document (
    kind        text        NOT NULL,
    code        text        NOT NULL,
    version     integer     NOT NULL CHECK (version > 0),
    body        jsonb       NOT NULL,
    hash        bytea       NOT NULL,          -- sha256 of the body as JSON with sorted keys, no spaces
    valid_from  timestamptz NOT NULL,
    valid_to    timestamptz,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (kind, code, version),
    CHECK (valid_to > valid_from)
);

CREATE TABLE rulebook.transition (
    kind    text        NOT NULL,
    code    text        NOT NULL,
    version integer     NOT NULL,
    seq     smallint    NOT NULL,
    state   text        NOT NULL CHECK (state IN ('published', 'withdrawn')),
    at      timestamptz NOT NULL,
    by      text        NOT NULL,
    note    text        NOT NULL,
    PRIMARY KEY (kind, code, version, seq),
    FOREIGN KEY (kind, code, version) REFERENCES rulebook.document
);

-- Parts of a document, such as single promotions, that are switched off and on whichever version has them.
CREATE TABLE rulebook.switch (
    kind   text        NOT NULL,
    code   text        NOT NULL,
    part   text        NOT NULL,
    seq    integer     NOT NULL,
    off    boolean     NOT NULL,
    at     timestamptz NOT NULL,
    by     text        NOT NULL,
    reason text        NOT NULL,
    PRIMARY KEY (kind, code, part, seq)
);

CREATE TABLE rulebook.draft (
    draft_id   uuid        PRIMARY KEY,
    kind       text        NOT NULL,
    code       text        NOT NULL,
    base       integer     NOT NULL CHECK (base >= 0),   -- the latest version when it was made; 0: there was none
    edition    integer     NOT NULL CHECK (edition > 0), -- how often it was written
    note       text        NOT NULL,
    state      text        NOT NULL CHECK (state IN ('open', 'published', 'discarded')),
    version    integer,                                  -- what it was published as
    body       jsonb       NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text        NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text        NOT NULL,
    CHECK ((version IS NOT NULL) = (state = 'published'))
);
CREATE INDEX draft_of_document ON rulebook.draft (kind, code, changed_at) WHERE state = 'open';

CREATE VIEW rulebook.rulebook_facts AS
SELECT d.kind, d.code, d.version, d.hash, d.valid_from, d.valid_to, last.state, last.seq AS transitions,
       published.at AS published_at, published.by AS published_by, published.note
FROM rulebook.document d
CROSS JOIN LATERAL (
    SELECT t.state, t.seq FROM rulebook.transition t
    WHERE (t.kind, t.code, t.version) = (d.kind, d.code, d.version)
    ORDER BY t.seq DESC LIMIT 1
) AS last
LEFT JOIN LATERAL (
    SELECT t.at, t.by, t.note FROM rulebook.transition t
    WHERE (t.kind, t.code, t.version) = (d.kind, d.code, d.version) AND t.state = 'published'
    ORDER BY t.seq LIMIT 1
) AS published ON true;

CREATE VIEW rulebook.rulebook_switch_facts AS
SELECT DISTINCT ON (kind, code, part) kind, code, part, off, at, by, reason
FROM rulebook.switch ORDER BY kind, code, part, seq DESC;

-- For who reads other facts in one statement, and asks in the same whether what it knows of the rules still holds.
CREATE VIEW rulebook.rulebook_revision_facts AS SELECT id AS revision FROM rulebook.revision;

GRANT SELECT, INSERT, UPDATE ON rulebook.revision, rulebook.draft TO huixiang_app;
GRANT SELECT, INSERT ON rulebook.document, rulebook.transition, rulebook.switch TO huixiang_app;
GRANT SELECT ON rulebook.rulebook_facts, rulebook.rulebook_switch_facts, rulebook.rulebook_revision_facts
    TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA rulebook TO huixiang_read;
