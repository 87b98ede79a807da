-- points: the two commands that a till sends alone, earn and spend, each as one call and one transaction
-- (docs/decisions/0012, 0013). What they mean is said in points/rules; here is its common part again. A call answers
--
--   posted   the posting is made; with it the account, its lots and one outbox row
--   short    more was asked than is `available`
--   general  something uncommon: service.post has to decide
--
-- and unless it is `posted`, nothing was changed. `asked` is the posting as far as its caller knows it: `requested` has
-- the sign of the change, `recorded_at` is now, deltas are 0, alloc and opened empty; what is decided here is null.
--
-- A function reads without a lock, decides, and writes if the account's seq is still what it read: every posting raises
-- it, so all that was read stands then. If it is not, the function does it again under the lock.

CREATE FUNCTION points.microseconds(instant timestamptz) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN (extract(epoch FROM instant) * 1000000)::bigint;

CREATE FUNCTION points.text_bytes(value text) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(int4send(octet_length(value)) || convert_to(value, 'UTF8'), '\xffffffff'::bytea);

-- The bytes that a posting's hash covers, as points/rules/canonical.py lays them out; alloc and opened come as bytes.
CREATE FUNCTION points.canonical(p points.posting, alloc bytea, opened bytea)
RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN '\x01'::bytea || uuid_send(p.member_id) || int2send(p.book) || int8send(p.seq) || int8send(p.points)
    || int8send(p.requested) || int8send(p.lapsed) || int8send(p.held_delta) || int8send(p.pending_delta)
    || int8send(p.debt_delta) || int8send(points.microseconds(p.occurred_at))
    || int8send(points.microseconds(p.recorded_at)) || int4send(coalesce(p.rule_version, -1))
    || coalesce(uuid_send(p.order_ref), '\x00000000000000000000000000000000'::bytea)
    || points.text_bytes(p.kind) || points.text_bytes(p.cause) || points.text_bytes(p.counter_account)
    || points.text_bytes(p.budget) || points.text_bytes(p.rule) || points.text_bytes(p.key)
    || points.text_bytes(p.origin_key) || p.input_hash
    || int4send(octet_length(alloc) / 8) || alloc || int4send(octet_length(opened) / 8) || opened;

-- The events of one posting's outbox row: to the byte what platform/outbox.py stores of points.events.PointsPosted.
-- Codes of books and kinds need no escaping; a cause may.
CREATE FUNCTION points.announcement(p points.posting, book_code text, business_day date)
RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN concat(
    '[{"type":"points.posted.v1","member_id":"', p.member_id,
    '","occurred_at":"', to_char(p.occurred_at AT TIME ZONE 'UTC', CASE
        WHEN date_trunc('second', p.occurred_at) = p.occurred_at THEN 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
        ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"' END),
    '","book":"', book_code, '","seq":', p.seq, ',"kind":"', p.kind, '","cause":', to_json(p.cause),
    ',"points":', p.points, ',"business_day":"', to_char(business_day, 'YYYY-MM-DD'),
    '","order_id":', coalesce('"' || p.order_ref || '"', 'null'), '}]'
);

-- caps: (counter, start of the period in microseconds, limit) laid flat, each counter once, in ascending order.
-- last_day: of the lot, null in a book without lots.
CREATE FUNCTION points.earn(
    asked points.posting, book_code text, business_day date, last_day date, mature_at timestamptz, caps bigint[],
    OUT status text, OUT available bigint, OUT seq bigint, OUT points bigint, OUT pending_delta bigint,
    OUT recorded_at timestamptz, OUT alloc bigint[], OUT opened bigint[], OUT hash bytea
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    a record;
    p points.posting;
    place integer;
    lot bytea;
BEGIN
    FOR attempt IN 1 .. 3 LOOP
        IF attempt > 1 THEN
            PERFORM FROM points.account AS t WHERE t.member_id = asked.member_id AND t.book = asked.book FOR UPDATE;
        END IF;
        SELECT t.*, EXISTS (
            SELECT FROM points.posting AS f WHERE f.member_id = t.member_id AND f.book = t.book AND f.key = asked.key
        ) AS replay INTO a FROM points.account AS t WHERE t.member_id = asked.member_id AND t.book = asked.book;
        IF NOT FOUND THEN
            INSERT INTO points.account VALUES (
                asked.member_id, asked.book, 0, 0, 0, 0, 0, 0, decode(repeat('00', 32), 'hex'), '{}', 'epoch',
                '9999-01-01', 0
            ) ON CONFLICT DO NOTHING;
            CONTINUE;
        ELSIF a.replay OR a.debt > 0 THEN
            status := 'general';
            RETURN;
        END IF;

        -- rules/caps.py. The counters are (counter, period, points) laid flat, a counter's latest period first; one that
        -- is not there, or asked for an earlier period, is uncommon.
        p := asked;
        p.points := p.requested;
        FOR i IN 1 .. cardinality(caps) BY 3 LOOP
            place := array_position(a.counters, caps[i]);
            IF place % 3 = 1 AND a.counters[place + 1] = caps[i + 1] THEN
                p.points := least(p.points, greatest(caps[i + 2] - a.counters[place + 2], 0));
            ELSIF a.seq = 0 OR place % 3 = 1 AND a.counters[place + 1] < caps[i + 1] THEN
                p.points := least(p.points, greatest(caps[i + 2], 0));
            ELSE
                status := 'general';
                RETURN;
            END IF;
        END LOOP;
        FOR i IN 1 .. cardinality(caps) BY 3 LOOP
            place := array_position(a.counters, caps[i]);
            IF a.seq = 0 THEN
                a.counters := a.counters || ARRAY[caps[i], caps[i + 1], p.points];
            ELSIF a.counters[place + 1] = caps[i + 1] THEN
                a.counters[place + 2] := a.counters[place + 2] + p.points;
            ELSE -- A new period; of those before it one is kept.
                a.counters := a.counters[:place - 1] || ARRAY[caps[i], caps[i + 1], p.points]
                    || a.counters[place:place + 2]
                    || a.counters[place + CASE WHEN a.counters[place + 3] = caps[i] THEN 6 ELSE 3 END:];
            END IF;
        END LOOP;

        p.seq := a.seq + 1;
        p.recorded_at := greatest(a.recorded_at, p.recorded_at);
        lot := '';
        IF p.points > 0 AND last_day IS NOT NULL THEN
            a.last_lot := a.last_lot + 1;
            p.opened := ARRAY[
                a.last_lot, p.points, last_day - date '1970-01-01', coalesce(points.microseconds(mature_at), -1), 0];
            lot := int8send(p.opened[1]) || int8send(p.opened[2]) || int8send(p.opened[3]) || int8send(p.opened[4])
                || int8send(0);
            IF mature_at IS NOT NULL THEN
                p.pending_delta := p.points;
            END IF;
            IF (last_day, a.last_lot) < (a.open_from, a.open_lot) THEN
                a.open_from := last_day;
                a.open_lot := a.last_lot;
            END IF;
        END IF;
        p.hash := sha256(a.head || sha256(points.canonical(p, '', lot)));

        WITH account AS (
            UPDATE points.account AS t
            SET balance = t.balance + p.points, pending = t.pending + p.pending_delta, seq = p.seq,
                last_lot = a.last_lot, head = p.hash, counters = a.counters, recorded_at = p.recorded_at,
                open_from = a.open_from, open_lot = a.open_lot
            WHERE t.member_id = p.member_id AND t.book = p.book AND t.seq = a.seq
            RETURNING t.balance - t.held - t.pending AS available
        ), posting AS (
            INSERT INTO points.posting SELECT p.* FROM account
        ), lot AS (
            INSERT INTO points.lot
            SELECT p.member_id, p.book, last_day, a.last_lot, p.points, p.points, 0, 0, mature_at, p.seq, NULL
            FROM account WHERE lot <> ''
        ), head AS (
            INSERT INTO platform.outbox_head AS h (member_id, seq) SELECT p.member_id, 1 FROM account
            ON CONFLICT (member_id) DO UPDATE SET seq = h.seq + 1
            RETURNING h.seq
        ), outbox AS (
            INSERT INTO platform.outbox (member_id, seq, recorded_at, events)
            SELECT p.member_id, head.seq, asked.recorded_at, points.announcement(p, book_code, business_day) FROM head
        )
        SELECT 'posted', account.available, p.seq, p.points, p.pending_delta, p.recorded_at, p.alloc, p.opened, p.hash
        INTO status, available, seq, points, pending_delta, recorded_at, alloc, opened, hash FROM account;
        IF FOUND THEN
            RETURN;
        END IF;
    END LOOP;
    RAISE 'account %/% moves although it is locked', asked.member_id, asked.book;
END $$;

-- Whether there is a hold past its time, a lot that matured, or a lot past its last day (rules/due.py).
CREATE FUNCTION points.is_due(a points.account, now timestamptz, today date) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN (a.held > 0 AND EXISTS (
        SELECT FROM points.hold AS h WHERE h.member_id = a.member_id AND h.book = a.book AND h.expires_at <= now
    )) OR EXISTS (
        SELECT FROM points.lot AS l
        WHERE l.member_id = a.member_id AND l.book = a.book AND (l.expires_on, l.lot_no) >= (a.open_from, a.open_lot)
          AND l.remaining > 0 AND (l.matures_at <= now OR (l.expires_on < today AND l.remaining > l.held))
    );
END $$;

CREATE FUNCTION points.spend(
    asked points.posting, book_code text, business_day date, today date,
    OUT status text, OUT available bigint, OUT seq bigint, OUT points bigint, OUT pending_delta bigint,
    OUT recorded_at timestamptz, OUT alloc bigint[], OUT opened bigint[], OUT hash bytea
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    a points.account;
    p points.posting;
    missing bigint;
    l record;
    taken bigint;
    days date[];
    changes bytea;
    mark_from date;
    mark_lot bigint;
BEGIN
    FOR attempt IN 1 .. 2 LOOP
        IF attempt > 1 THEN
            PERFORM FROM points.account AS t WHERE t.member_id = asked.member_id AND t.book = asked.book FOR UPDATE;
        END IF;
        SELECT t.* INTO a FROM points.account AS t
        WHERE t.member_id = asked.member_id AND t.book = asked.book AND NOT EXISTS (
            SELECT FROM points.posting AS f WHERE f.member_id = t.member_id AND f.book = t.book AND f.key = asked.key
        );
        missing := -asked.requested;
        available := a.balance - a.held - a.pending;
        IF NOT FOUND OR (a.held > 0 OR a.pending > 0 OR missing > available)
            AND points.is_due(a, asked.recorded_at, today)
        THEN
            status := 'general';
            RETURN;
        ELSIF missing > available THEN
            status := 'short';
            RETURN;
        END IF;

        p := asked;
        changes := '';
        days := '{}';
        mark_from := NULL;
        FOR l IN
            SELECT t.expires_on, t.lot_no, t.remaining, t.remaining - t.held AS free, t.matures_at FROM points.lot AS t
            WHERE t.member_id = p.member_id AND t.book = p.book
              AND (t.expires_on, t.lot_no) >= (a.open_from, a.open_lot) AND t.remaining > 0
            ORDER BY t.expires_on, t.lot_no
        LOOP
            IF l.free > 0 AND l.expires_on < today THEN
                status := 'general';
                RETURN;
            END IF;
            taken := CASE WHEN l.matures_at IS NULL THEN least(l.free, missing) ELSE 0 END;
            IF taken > 0 THEN
                missing := missing - taken;
                days := days || l.expires_on;
                p.alloc := p.alloc || ARRAY[l.lot_no, -taken, 0];
                changes := changes || int8send(l.lot_no) || int8send(-taken) || int8send(0);
            END IF;
            IF taken < l.remaining THEN
                IF mark_from IS NULL THEN
                    mark_from := l.expires_on;
                    mark_lot := l.lot_no;
                END IF;
                EXIT WHEN missing = 0;
            END IF;
        END LOOP;
        CONTINUE WHEN missing > 0; -- The lots are of a later moment than the account, or damaged.

        p.seq := a.seq + 1;
        p.points := p.requested;
        p.recorded_at := greatest(a.recorded_at, p.recorded_at);
        p.hash := sha256(a.head || sha256(points.canonical(p, changes, '')));

        WITH account AS (
            UPDATE points.account AS t
            SET balance = t.balance + p.points, seq = p.seq, head = p.hash, recorded_at = p.recorded_at,
                open_from = coalesce(mark_from, '9999-01-01'),
                open_lot = CASE WHEN mark_from IS NULL THEN t.last_lot ELSE mark_lot END
            WHERE t.member_id = p.member_id AND t.book = p.book AND t.seq = a.seq
            RETURNING t.balance - t.held - t.pending AS available
        ), posting AS (
            INSERT INTO points.posting SELECT p.* FROM account
        ), lot AS (
            UPDATE points.lot AS t SET remaining = t.remaining + p.alloc[3 * taken.place - 1]
            FROM account, unnest(days) WITH ORDINALITY AS taken (expires_on, place)
            WHERE t.member_id = p.member_id AND t.book = p.book AND t.expires_on = taken.expires_on
              AND t.lot_no = p.alloc[3 * taken.place - 2]
        ), head AS (
            INSERT INTO platform.outbox_head AS h (member_id, seq) SELECT p.member_id, 1 FROM account
            ON CONFLICT (member_id) DO UPDATE SET seq = h.seq + 1
            RETURNING h.seq
        ), outbox AS (
            INSERT INTO platform.outbox (member_id, seq, recorded_at, events)
            SELECT p.member_id, head.seq, asked.recorded_at, points.announcement(p, book_code, business_day) FROM head
        )
        SELECT 'posted', account.available, p.seq, p.points, p.pending_delta, p.recorded_at, p.alloc, p.opened, p.hash
        INTO status, available, seq, points, pending_delta, recorded_at, alloc, opened, hash FROM account;
        IF FOUND THEN
            RETURN;
        END IF;
    END LOOP;
    RAISE 'account %/% moves although it is locked, or its lots have % points less than its balance',
        asked.member_id, asked.book, missing;
END $$;
