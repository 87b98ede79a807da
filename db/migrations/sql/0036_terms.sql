-- terms: who was told of a change of the programme's terms, and who accepted which version. What they say is a rule document.
CREATE SCHEMA terms;
GRANT USAGE ON SCHEMA terms TO huixiang_app, huixiang_read;

-- A version that members are told of before it takes effect, or that it will not. What each was sent stands in messaging,
-- under the key terms:<version>:<kind>:<channel>.
CREATE TABLE terms.announcement (
    version      integer     NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('coming', 'called_off')),
    effective_at timestamptz NOT NULL,
    channels     text[]      NOT NULL,
    began_at     timestamptz NOT NULL,
    moved_at     timestamptz NOT NULL,
    after        uuid,                               -- how far it has come
    generation   integer     NOT NULL,               -- of the chain of jobs that may go on
    members      bigint      NOT NULL,
    messages     bigint      NOT NULL,
    ended_at     timestamptz,
    PRIMARY KEY (version, kind)
);

CREATE TABLE terms.acceptance (
    member_id   uuid        NOT NULL,
    version     integer     NOT NULL,
    how         text        NOT NULL CHECK (how IN ('registration', 'page')),
    accepted_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, version)
);

GRANT SELECT, INSERT, UPDATE ON terms.announcement TO huixiang_app;
GRANT SELECT, INSERT ON terms.acceptance TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA terms TO huixiang_read;
