-- points: what finance reads. A business day, by recorded_at, is closed once no transaction can write into it any more;
-- its sums are then written for good. All three tables are append-only: the app role may insert and select.

-- Days are closed in order, without a gap: a day begins where the one before it ended.
CREATE TABLE points.closed_day (
    day       date        PRIMARY KEY,
    starts_at timestamptz NOT NULL,
    ends_at   timestamptz NOT NULL,
    postings  bigint      NOT NULL,
    closed_at timestamptz NOT NULL,
    CHECK (starts_at < ends_at AND ends_at <= closed_at)
);

-- The postings of a closed day that agree in these columns. budget: '' where there is none.
CREATE TABLE points.day_sum (
    book            smallint NOT NULL,
    day             date     NOT NULL,
    kind            text     NOT NULL,
    cause           text     NOT NULL,
    counter_account text     NOT NULL,
    budget          text     NOT NULL,
    postings        bigint   NOT NULL,
    points          bigint   NOT NULL,
    requested       bigint   NOT NULL,
    lapsed          bigint   NOT NULL,
    held_delta      bigint   NOT NULL,
    pending_delta   bigint   NOT NULL,
    debt_incurred   bigint   NOT NULL,
    debt_paid       bigint   NOT NULL,
    PRIMARY KEY (book, day, kind, cause, counter_account, budget),
    CHECK (postings > 0 AND debt_incurred >= 0 AND debt_paid >= 0)
);

-- What the postings of a closed day did to lots. A lot that points came back in counts with the one they were first
-- credited in. earned_in, expires_in: first days of months; NEVER's year 9999 for points without an end.
CREATE TABLE points.lot_day_sum (
    book       smallint NOT NULL,
    day        date     NOT NULL,
    earned_in  date     NOT NULL,
    expires_in date     NOT NULL,
    kind       text     NOT NULL,
    points     bigint   NOT NULL,
    PRIMARY KEY (book, day, earned_in, expires_in, kind)
);

GRANT SELECT, INSERT ON points.closed_day, points.day_sum, points.lot_day_sum TO huixiang_app;
GRANT SELECT ON points.closed_day, points.day_sum, points.lot_day_sum TO huixiang_read;
