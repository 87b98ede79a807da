-- points: earnings and spendings of many members as one call and one transaction (docs/decisions/0016). What they mean is
-- said in points/rules, and for one command in 0012_points_doors.sql; here it is for the commands of an account one after
-- the other, in variables, and what became of all accounts is written as sets in the end.
--
-- Where an account or one of its commands meets anything uncommon, that command and those after it have no answer, and
-- leave no trace: service.post has to decide them.

CREATE TYPE points.answer_together AS (
    place integer,            -- of the command
    available bigint,         -- where more was asked than that; then there is nothing else
    seq bigint, points bigint,
    lot bigint,               -- that was opened
    recorded_at timestamptz,  -- where it is not `now`
    alloc bigint[],           -- what was taken of lots
    hash bytea
);

-- What a command is decided to do: account is the place of its account among those asked for; seq is null where more was
-- asked than is available.
CREATE TYPE points.decided AS (
    place integer, account integer, available bigint, seq bigint, points bigint, pending bigint, lot bigint,
    recorded_at timestamptz, alloc bigint[], hash bytea
);

-- opened: new lots. changed: what remains in others.
CREATE FUNCTION points.write_lots(opened points.lot[], changed points.lot[]) RETURNS void LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO points.lot SELECT * FROM unnest(opened);
    UPDATE points.lot AS l SET remaining = c.remaining
    FROM unnest(changed) AS c
    WHERE l.member_id = c.member_id AND l.book = c.book AND l.expires_on = c.expires_on AND l.lot_no = c.lot_no;
END;

-- Accounts are in (member, book) order, a member has one; the commands of each stand together, up to `last`;
-- spendings: how many of them.
--
--   requested          above 0 for an earning, below for a spending
--   occurred           microseconds since 1970-01-01 UTC
--   keys, events       one a line, an event as a format whose values are seq and points
--   frames, frame_end  the postings' canonical bytes up to their lots, one after the other, with 0 for the seq, and what
--                      was requested for the points
--   heading            the place of what many commands have in common among kinds to caps_end
--   last_days          of the lot, as days since 1970-01-01, null in a book without lots; matures in microseconds
--   caps, caps_end     (counter, start of the period in microseconds, limit) laid flat, each counter once, ascending
CREATE FUNCTION points.post_together(
    now timestamptz, today date,
    members uuid[], books smallint[], last integer[], spendings integer[],
    requested bigint[], occurred bigint[], orders uuid[], keys text[], events text[], frames bytea, frame_end integer[],
    heading integer[],
    kinds text[], causes text[], counter_accounts text[], budgets text[], rules text[], rule_versions integer[],
    last_days integer[], matures bigint[], caps bigint[], caps_end integer[]
) RETURNS points.answer_together[] LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    locked integer[]; -- the places of the accounts
    run record;
    -- The account as it stands after what was decided.
    balance bigint;
    pending bigint;
    seq bigint;
    last_lot bigint;
    head bytea;
    counters bigint[];
    open_from date; -- no lot before this place has anything remaining
    open_lot bigint;
    said text[]; -- its events
    due boolean; -- null where nobody looked
    known points.lot[]; -- the first open lots that there were, null where they are not the first any more
    read integer; -- how many of them were looked at
    next points.lot;
    -- The lot that spendings take from, null where none was looked for; what may be taken of it, what remains in it.
    lot_day date;
    lot bigint;
    lot_free bigint;
    lot_left bigint;
    lot_taken boolean;
    stays_from date; -- the first lot before it that stays open, where there is one
    stays_lot bigint;
    new_from date; -- the first day of new lots that are not written
    -- The command.
    asked bigint;
    h integer;
    begins integer; -- its frame
    first_cap integer;
    cap_numbers integer;
    counted bigint[];
    frame bytea;
    lots bytea;
    granted bigint;
    waiting bigint;
    parcel bigint;
    day date;
    mature_at timestamptz;
    missing bigint;
    taken bigint;
    alloc bigint[];
    -- What is to be written.
    decided points.decided[] := '{}';
    accounts points.account[] := '{}';
    opened points.lot[] := '{}';
    changed points.lot[] := '{}';
    owners uuid[] := '{}';
    announced text[] := '{}';
    answers points.answer_together[];
BEGIN
    locked := ARRAY(
        SELECT w.place::integer FROM unnest(members, books) WITH ORDINALITY AS w (member_id, book, place)
        JOIN points.account AS a ON a.member_id = w.member_id AND a.book = w.book
        ORDER BY a.member_id, a.book FOR UPDATE OF a
    );
    -- This sees what waiting for the locks let in; an account that was opened meanwhile is not locked, and left alone.
    FOR run IN
        SELECT a.*, greatest(a.recorded_at, now) AS moment, w.place, w.first, w.last, w.spendings, EXISTS (
                   SELECT FROM generate_series(w.first, w.last) AS i
                   WHERE EXISTS (
                       SELECT FROM points.posting AS f
                       WHERE f.member_id = a.member_id AND f.book = a.book AND f.key = keys[i]
                       OFFSET 0 -- each by the index of keys, whatever the planner thinks an account's journal is like
                   )
               ) AS seen,
               CASE WHEN w.spendings > 0 THEN ARRAY(
                   SELECT l FROM points.lot AS l
                   WHERE l.member_id = a.member_id AND l.book = a.book
                     AND (l.expires_on, l.lot_no) >= (a.open_from, a.open_lot) AND l.remaining > 0
                   ORDER BY l.expires_on, l.lot_no LIMIT w.spendings + 1
               ) END AS lots
        FROM (
            SELECT place, members[place] AS member_id, books[place] AS book, post_together.spendings[place] AS spendings,
                   post_together.last[place] AS last, coalesce(post_together.last[place - 1], 0) + 1 AS first
            FROM unnest(locked) AS u (place)
        ) AS w
        JOIN points.account AS a ON a.member_id = w.member_id AND a.book = w.book
    LOOP
        CONTINUE WHEN run.seen OR run.debt > 0;
        balance := run.balance;
        pending := run.pending;
        seq := run.seq;
        last_lot := run.last_lot;
        head := run.head;
        counters := run.counters;
        open_from := run.open_from;
        open_lot := run.open_lot;
        said := '{}';
        due := NULL;
        lot := NULL;
        stays_from := NULL;
        new_from := NULL;
        known := run.lots;
        read := 0;

        <<commands>>
        FOR i IN run.first .. run.last LOOP
            asked := requested[i];
            h := heading[i];
            lots := NULL;
            parcel := NULL;
            waiting := 0;
            alloc := '{}';
            IF asked > 0 THEN
                granted := asked;
                first_cap := coalesce(caps_end[h - 1], 0) + 1;
                cap_numbers := caps_end[h] - first_cap + 1;
                IF cap_numbers = 3 AND counters[1] = caps[first_cap] AND counters[2] = caps[first_cap + 1] THEN
                    -- As points.count would.
                    granted := least(asked, greatest(caps[first_cap + 2] - counters[3], 0));
                    counters[3] := counters[3] + granted;
                ELSIF cap_numbers > 0 THEN
                    counted := points.count(counters, caps[first_cap:caps_end[h]], asked, seq = 0);
                    EXIT commands WHEN counted IS NULL;
                    granted := counted[1];
                    counters := counted[2:];
                END IF;
                IF granted > 0 AND last_days[h] IS NOT NULL THEN
                    day := date '1970-01-01' + last_days[h];
                    mature_at := timestamptz 'epoch' + matures[h] * interval '1 microsecond';
                    last_lot := last_lot + 1;
                    parcel := last_lot;
                    opened := opened || ROW (
                        run.member_id, run.book, day, parcel, granted, granted, 0, 0, mature_at, seq + 1, NULL
                    )::points.lot;
                    new_from := least(new_from, day);
                    waiting := CASE WHEN mature_at IS NULL THEN 0 ELSE granted END;
                    due := day < today OR coalesce(mature_at <= now, false) OR due;
                    IF day < open_from THEN
                        open_from := day;
                        open_lot := parcel;
                    END IF;
                    IF day < lot_day AND lot IS NOT NULL THEN
                        -- The next spending looks again, from the beginning.
                        IF lot_taken THEN
                            changed := changed || ROW (
                                run.member_id, run.book, lot_day, lot, 0, lot_left, 0, 0, NULL, 0, NULL
                            )::points.lot;
                        END IF;
                        lot := NULL;
                        known := NULL;
                    END IF;
                    lots := '\x0000000000000005'::bytea || int8send(parcel) || int8send(granted)
                        || int8send(last_days[h])
                        || coalesce(points.instant_bytes(mature_at), '\xffffffffffffffff') || '\x0000000000000000';
                END IF;
            ELSE
                granted := asked;
                missing := -asked;
                IF run.held > 0 OR pending > 0 OR balance < missing THEN
                    IF due IS NULL THEN
                        due := points.is_due(run.member_id, run.book, open_from, open_lot, now, today);
                    END IF;
                    EXIT commands WHEN due;
                    IF missing > balance - run.held - pending THEN
                        decided := decided || ROW (
                            i, run.place, balance - run.held - pending, NULL, NULL, NULL, NULL, NULL, NULL, NULL
                        )::points.decided;
                        CONTINUE commands;
                    END IF;
                END IF;
                LOOP
                    IF lot IS NOT NULL THEN
                        taken := least(lot_free, missing);
                        IF taken > 0 THEN
                            missing := missing - taken;
                            lot_free := lot_free - taken;
                            lot_left := lot_left - taken;
                            lot_taken := true;
                            alloc := alloc || ARRAY[lot, -taken, 0];
                            lots := coalesce(lots, '') || int8send(lot) || int8send(-taken) || '\x0000000000000000';
                        END IF;
                        EXIT WHEN missing = 0 AND lot_left > 0;
                        IF lot_taken THEN
                            changed := changed || ROW (
                                run.member_id, run.book, lot_day, lot, 0, lot_left, 0, 0, NULL, 0, NULL
                            )::points.lot;
                        END IF;
                        IF lot_left > 0 AND stays_from IS NULL THEN
                            stays_from := lot_day;
                            stays_lot := lot;
                        END IF;
                    ELSE
                        stays_from := NULL;
                        lot_day := open_from;
                        lot := open_lot - 1;
                    END IF;
                    IF known[read + 1].expires_on <= coalesce(new_from, 'infinity') THEN
                        read := read + 1;
                        next := known[read];
                    ELSIF cardinality(known) = read AND read <= run.spendings AND new_from IS NULL THEN
                        next := NULL; -- There were no more.
                    ELSE
                        PERFORM points.write_lots(opened, changed);
                        opened := '{}';
                        changed := '{}';
                        new_from := NULL;
                        known := NULL;
                        SELECT t.* INTO next FROM points.lot AS t
                        WHERE t.member_id = run.member_id AND t.book = run.book
                          AND (t.expires_on, t.lot_no) > (lot_day, lot) AND t.remaining > 0
                        ORDER BY t.expires_on, t.lot_no LIMIT 1;
                    END IF;
                    lot_day := next.expires_on;
                    lot := next.lot_no;
                    lot_taken := false;
                    EXIT WHEN lot IS NULL;
                    EXIT commands WHEN lot_day < today AND next.remaining > next.held;
                    lot_left := next.remaining;
                    lot_free := CASE WHEN next.matures_at IS NULL THEN lot_left - next.held ELSE 0 END;
                END LOOP;
                IF missing > 0 THEN
                    RAISE 'the lots of account %/% have % points less than its balance', run.member_id, run.book, missing;
                END IF;
                open_from := coalesce(stays_from, lot_day, '9999-01-01');
                open_lot := CASE WHEN stays_from IS NOT NULL THEN stays_lot ELSE coalesce(lot, last_lot) END;
                lots := int4send(cardinality(alloc)) || lots || '\x00000000';
            END IF;

            seq := seq + 1;
            balance := balance + granted;
            pending := pending + waiting;
            begins := coalesce(frame_end[i - 1], 0);
            frame := overlay(substring(frames FROM begins + 1 FOR frame_end[i] - begins)
                PLACING int8send(seq) || int8send(granted) FROM 20);
            IF waiting > 0 THEN
                frame := overlay(frame PLACING int8send(waiting) FROM 60);
            END IF;
            IF run.moment > now THEN
                frame := overlay(frame PLACING points.instant_bytes(run.moment) FROM 84);
            END IF;
            head := sha256(head || sha256(frame || coalesce(lots, '\x0000000000000000')));
            decided := decided || ROW (
                i, run.place, NULL, seq, granted, waiting, parcel, run.moment, alloc, head
            )::points.decided;
            said := said || format(events[i], seq, granted);
        END LOOP;

        CONTINUE WHEN seq = run.seq;
        IF lot IS NOT NULL AND lot_taken THEN
            changed := changed || ROW (
                run.member_id, run.book, lot_day, lot, 0, lot_left, 0, 0, NULL, 0, NULL
            )::points.lot;
        END IF;
        accounts := accounts || ROW (
            run.member_id, run.book, balance, run.held, pending, 0, seq, last_lot, head, counters, run.moment, open_from,
            open_lot
        )::points.account;
        owners := owners || run.member_id;
        announced := announced || ('[' || array_to_string(said, ',') || ']');
    END LOOP;

    PERFORM points.write_lots(opened, changed);
    WITH made AS (
        SELECT d.*, heading[d.place] AS h FROM unnest(decided) AS d
    ), posting AS (
        INSERT INTO points.posting
        SELECT members[account], books[account], seq, points, requested[place], 0, 0, pending, 0, kinds[h], causes[h],
               counter_accounts[h], budgets[h], rules[h], rule_versions[h], orders[place],
               timestamptz 'epoch' + occurred[place] * interval '1 microsecond', recorded_at, keys[place], NULL,
               substring(frames FROM frame_end[place] - 31 FOR 32), alloc,
               CASE WHEN lot IS NULL THEN '{}' ELSE ARRAY[lot, points, last_days[h], coalesce(matures[h], -1), 0] END, hash
        FROM made WHERE seq IS NOT NULL
    ), account AS (
        UPDATE points.account AS t
        SET balance = a.balance, pending = a.pending, seq = a.seq, last_lot = a.last_lot, head = a.head,
            counters = a.counters, recorded_at = a.recorded_at, open_from = a.open_from, open_lot = a.open_lot
        FROM unnest(accounts) AS a WHERE t.member_id = a.member_id AND t.book = a.book
    ), outbox_head AS (
        INSERT INTO platform.outbox_head AS h (member_id, seq, recorded_at)
        SELECT o.member_id, 1, now FROM unnest(owners) AS o (member_id)
        ON CONFLICT (member_id) DO UPDATE SET seq = h.seq + 1, recorded_at = greatest(h.recorded_at, now)
        RETURNING h.member_id, h.seq, h.recorded_at
    ), outbox AS (
        INSERT INTO platform.outbox (member_id, seq, recorded_at, events)
        SELECT h.member_id, h.seq, h.recorded_at, o.events
        FROM outbox_head AS h JOIN unnest(owners, announced) AS o (member_id, events) ON o.member_id = h.member_id
    )
    SELECT coalesce(array_agg(
        ROW (place, available, seq, points, lot, nullif(recorded_at, now), alloc, hash)::points.answer_together
    ), '{}')
    INTO answers FROM made;
    RETURN answers;
END $$;
