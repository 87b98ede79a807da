-- rulebook: versioned rule documents of every kind. A document and each change of its state are rows that are only
-- ever added: the app role may insert and select, nothing else. What is current at an instant is the highest
-- published version whose period holds it.
CREATE SCHEMA rulebook;
GRANT USAGE ON SCHEMA rulebook TO huixiang_app, huixiang_read;

-- The name of what is published now, given anew by every change: what a process read under it still holds while it
-- stands. Its row lock makes those who publish or withdraw take turns.
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
    state   text        NOT NULL CHECK (state IN ('draft', 'published', 'withdrawn')),
    at      timestamptz NOT NULL,
    by      text        NOT NULL,
    note    text        NOT NULL,
    PRIMARY KEY (kind, code, version, seq),
    FOREIGN KEY (kind, code, version) REFERENCES rulebook.document
);

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

GRANT SELECT, INSERT, UPDATE ON rulebook.revision TO huixiang_app;
GRANT SELECT, INSERT ON rulebook.document, rulebook.transition TO huixiang_app;
GRANT SELECT ON rulebook.rulebook_facts TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA rulebook TO huixiang_read;
