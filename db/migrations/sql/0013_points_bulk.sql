-- points: what sweeps remember.

-- Which member was told that something expires on which day; kept until that day is past.
CREATE TABLE points.reminder (
    member_id   uuid        NOT NULL,
    book        smallint    NOT NULL,
    expires_on  date        NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, book, expires_on)
);

-- Whom the sweep of a book has still to look at: the members after one, up to another. Who sweeps has locked his part.
CREATE TABLE points.sweep_part (
    book  smallint NOT NULL,
    part  smallint NOT NULL,
    after uuid     NOT NULL,
    last  uuid     NOT NULL,
    PRIMARY KEY (book, part)
);

GRANT SELECT, INSERT, DELETE ON points.reminder TO huixiang_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON points.sweep_part TO huixiang_app;
GRANT SELECT ON points.reminder, points.sweep_part TO huixiang_read;
