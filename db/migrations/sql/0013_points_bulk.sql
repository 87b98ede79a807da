-- points: what sweeps remember.

-- Which member was told that something expires on which day; kept until that day is past.
CREATE TABLE points.reminder (
    member_id   uuid        NOT NULL,
    book        smallint    NOT NULL,
    expires_on  date        NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, book, expires_on)
);

GRANT SELECT, INSERT, DELETE ON points.reminder TO huixiang_app;
GRANT SELECT ON points.reminder TO huixiang_read;
