-- points: the two commands that a till sends alone, earn and spend, each as one call and one transaction
-- (docs/decisions/0012). What they mean is said in points/rules; here is its common part again. A call answers
--
--   posted    the posting is made; with it the account, its lots and one outbox row
--   replayed  the key was used before for the same: `posted` is that posting
--   conflict  the key was used before for something else
--   short     more was asked than is `available`
--   general   something uncommon; service.post has to decide
--
-- and unless it is `posted`, nothing was changed. `asked` is a posting as far as its caller knows it: `requested` has the
-- sign of the change, `recorded_at` is now, the deltas are 0, alloc and opened empty; the rest is null.

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

-- The outbox row of one posting, as platform/outbox.py would store points.events.PointsPosted.
CREATE FUNCTION points.announce(p points.posting, book_code text, business_day date, now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    event jsonb;
    place bigint;
BEGIN
    event := jsonb_build_object(
        'type', 'points.posted.v1', 'member_id', p.member_id, 'book', book_code, 'seq', p.seq, 'kind', p.kind,
        'cause', p.cause, 'points', p.points, 'business_day', business_day, 'order_id', p.order_ref,
        'occurred_at', to_char(p.occurred_at AT TIME ZONE 'UTC', CASE
            WHEN date_trunc('second', p.occurred_at) = p.occurred_at THEN 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
            ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"' END)
    );
    INSERT INTO platform.outbox_head AS h (member_id, seq) VALUES (p.member_id, 1)
    ON CONFLICT (member_id) DO UPDATE SET seq = h.seq + 1
    RETURNING h.seq INTO place;
    INSERT INTO platform.outbox (member_id, seq, recorded_at, events)
    VALUES (p.member_id, place, now, jsonb_build_array(event));
END $$;

-- The posting that was made with a key before; null where there is none.
CREATE FUNCTION points.posting_of(asked points.posting, OUT first points.posting) LANGUAGE plpgsql AS $$
BEGIN
    SELECT * INTO first FROM points.posting AS t
    WHERE t.member_id = asked.member_id AND t.book = asked.book AND t.key = asked.key;
END $$;

-- rules/caps.py on an account's counters: (counter, period, points) laid flat, in the order of counters, the latest
-- period first, at most two of each. What was counted in a period: 0 where it is later than any; null where only the
-- journal knows.
CREATE FUNCTION points.counted(counters bigint[], counter bigint, period bigint)
RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    later boolean := false;
BEGIN
    FOR i IN 1 .. cardinality(counters) BY 3 LOOP
        IF counters[i] = counter THEN
            IF counters[i + 1] = period THEN
                RETURN counters[i + 2];
            ELSIF counters[i + 1] < period THEN
                RETURN CASE WHEN later THEN NULL ELSE 0 END;
            END IF;
            later := true;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- The counters with so many points more in a period. A new one comes before its counter's others, of which one is kept.
CREATE FUNCTION points.count_up(counters bigint[], counter bigint, period bigint, more bigint)
RETURNS bigint[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    i integer := 1;
BEGIN
    WHILE counters[i] < counter OR (counters[i] = counter AND counters[i + 1] > period) LOOP
        i := i + 3;
    END LOOP;
    IF counters[i] = counter AND counters[i + 1] = period THEN
        counters[i + 2] := counters[i + 2] + more;
        RETURN counters;
    ELSIF counters[i] = counter AND counters[i + 3] = counter THEN
        RETURN counters[:i - 1] || ARRAY[counter, period, more] || counters[i:i + 2] || counters[i + 6:];
    END IF;
    RETURN counters[:i - 1] || ARRAY[counter, period, more] || counters[i:];
END $$;

-- caps: (counter, start of the period in microseconds, limit) laid flat, each counter once. last_day: of the lot, null
-- in a book without lots.
CREATE FUNCTION points.earn(
    asked points.posting, book_code text, business_day date, last_day date, mature_at timestamptz, caps bigint[],
    OUT status text, OUT available bigint, OUT posted points.posting
) LANGUAGE plpgsql AS $$
DECLARE
    a points.account;
    p points.posting := asked;
    counted bigint;
    opened bytea := '';
BEGIN
    SELECT * INTO a FROM points.account WHERE member_id = p.member_id AND book = p.book FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO points.account VALUES (
            p.member_id, p.book, 0, 0, 0, 0, 0, 0, decode(repeat('00', 32), 'hex'), '{}', 'epoch', '9999-01-01', 0
        ) ON CONFLICT DO NOTHING;
        SELECT * INTO a FROM points.account WHERE member_id = p.member_id AND book = p.book FOR UPDATE;
    END IF;

    status := 'general';
    IF a.debt > 0 THEN
        RETURN;
    END IF;
    p.points := p.requested;
    FOR i IN 1 .. cardinality(caps) BY 3 LOOP
        counted := points.counted(a.counters, caps[i], caps[i + 1]);
        IF counted IS NULL AND a.seq > 0 THEN
            RETURN;
        END IF;
        p.points := least(p.points, greatest(caps[i + 2] - coalesce(counted, 0), 0));
    END LOOP;
    FOR i IN 1 .. cardinality(caps) BY 3 LOOP
        a.counters := points.count_up(a.counters, caps[i], caps[i + 1], p.points);
    END LOOP;

    a.seq := a.seq + 1;
    a.balance := a.balance + p.points;
    a.recorded_at := greatest(a.recorded_at, p.recorded_at);
    p.seq := a.seq;
    p.recorded_at := a.recorded_at;
    IF p.points > 0 AND last_day IS NOT NULL THEN
        a.last_lot := a.last_lot + 1;
        p.opened := ARRAY[
            a.last_lot, p.points, last_day - date '1970-01-01', coalesce(points.microseconds(mature_at), -1), 0];
        opened := int8send(p.opened[1]) || int8send(p.opened[2]) || int8send(p.opened[3]) || int8send(p.opened[4])
            || int8send(0);
        IF mature_at IS NOT NULL THEN
            p.pending_delta := p.points;
            a.pending := a.pending + p.points;
        END IF;
        IF (last_day, a.last_lot) < (a.open_from, a.open_lot) THEN
            a.open_from := last_day;
            a.open_lot := a.last_lot;
        END IF;
    END IF;
    a.head := sha256(a.head || sha256(points.canonical(p, '', opened)));
    p.hash := a.head;

    INSERT INTO points.posting VALUES (p.*) ON CONFLICT (member_id, book, key) DO NOTHING;
    IF NOT FOUND THEN
        posted := points.posting_of(asked);
        status := CASE WHEN posted.input_hash = asked.input_hash THEN 'replayed' ELSE 'conflict' END;
        RETURN;
    END IF;
    IF opened <> '' THEN
        INSERT INTO points.lot
        VALUES (p.member_id, p.book, last_day, a.last_lot, p.points, p.points, 0, 0, mature_at, p.seq, NULL);
    END IF;
    UPDATE points.account
    SET balance = a.balance, pending = a.pending, seq = a.seq, last_lot = a.last_lot, head = a.head,
        counters = a.counters, recorded_at = a.recorded_at, open_from = a.open_from, open_lot = a.open_lot
    WHERE member_id = p.member_id AND book = p.book;
    PERFORM points.announce(p, book_code, business_day, asked.recorded_at);
    status := 'posted';
    available := a.balance - a.held - a.pending;
    posted := p;
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
    OUT status text, OUT available bigint, OUT posted points.posting
) LANGUAGE plpgsql AS $$
DECLARE
    a points.account;
    p points.posting := asked;
    missing bigint := -asked.requested;
    l record;
    taken bigint;
    days date[] := '{}';
    alloc bytea := '';
    mark_from date;
    mark_lot bigint;
BEGIN
    SELECT * INTO a FROM points.account WHERE member_id = p.member_id AND book = p.book FOR UPDATE;
    available := coalesce(a.balance - a.held - a.pending, 0);
    IF (a.held > 0 OR a.pending > 0 OR missing > available) AND points.is_due(a, p.recorded_at, today) THEN
        status := 'general';
        RETURN;
    ELSIF missing > available THEN
        posted := points.posting_of(asked);
        status := CASE WHEN posted.input_hash = asked.input_hash THEN 'replayed'
                       WHEN posted.input_hash IS NULL THEN 'short' ELSE 'conflict' END;
        RETURN;
    END IF;

    FOR l IN
        SELECT t.expires_on, t.lot_no, t.remaining, t.remaining - t.held AS free, t.matures_at FROM points.lot AS t
        WHERE t.member_id = p.member_id AND t.book = p.book AND (t.expires_on, t.lot_no) >= (a.open_from, a.open_lot)
          AND t.remaining > 0
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
            alloc := alloc || int8send(l.lot_no) || int8send(-taken) || int8send(0);
        END IF;
        IF taken < l.remaining THEN
            mark_from := coalesce(mark_from, l.expires_on);
            mark_lot := coalesce(mark_lot, l.lot_no);
            EXIT WHEN missing = 0;
        END IF;
    END LOOP;
    IF missing > 0 THEN
        RAISE 'the lots of account %/% have % points less than its balance', p.member_id, p.book, missing;
    END IF;

    a.seq := a.seq + 1;
    p.seq := a.seq;
    p.points := p.requested;
    p.recorded_at := greatest(a.recorded_at, p.recorded_at);
    p.hash := sha256(a.head || sha256(points.canonical(p, alloc, '')));
    INSERT INTO points.posting VALUES (p.*) ON CONFLICT (member_id, book, key) DO NOTHING;
    IF NOT FOUND THEN
        posted := points.posting_of(asked);
        status := CASE WHEN posted.input_hash = asked.input_hash THEN 'replayed' ELSE 'conflict' END;
        RETURN;
    END IF;
    FOR i IN 1 .. cardinality(days) LOOP
        UPDATE points.lot AS t SET remaining = t.remaining + p.alloc[3 * i - 1]
        WHERE t.member_id = p.member_id AND t.book = p.book AND t.expires_on = days[i] AND t.lot_no = p.alloc[3 * i - 2];
    END LOOP;
    UPDATE points.account AS t
    SET balance = t.balance + p.points, seq = p.seq, head = p.hash, recorded_at = p.recorded_at,
        open_from = coalesce(mark_from, '9999-01-01'), open_lot = coalesce(mark_lot, t.last_lot)
    WHERE t.member_id = p.member_id AND t.book = p.book;
    PERFORM points.announce(p, book_code, business_day, asked.recorded_at);
    status := 'posted';
    available := available + p.points;
    posted := p;
END $$;
