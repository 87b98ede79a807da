-- points: the two commands that a till sends alone, earn and spend, each as one call and one transaction
-- (docs/decisions/0012, 0013). What they mean is said in points/rules; here is its common part again. A call answers
--
--   posted   the posting is made; with it the account, its lots and one outbox row
--   short    more was asked than is `available`
--   general  something uncommon: service.post has to decide
--
-- and unless it is `posted`, nothing was changed. A caller gives the columns of the posting that it knows; `requested` has
-- the sign of the change. It also lays out what it knows, as only points/rules/canonical.py and platform/outbox.py do:
--
--   frame    the posting's canonical bytes up to its lots, with 0 for what is decided here: that is filled in by place
--   event    the text of its outbox row, as a format whose values are the posting's seq and points
--
-- A function reads without a lock, decides, and writes if the account's seq is still what it read: every posting raises
-- it, so all that was read stands then. If it is not, the function does it again under the lock.
--
-- The server prepares each expression anew in each transaction, at several times the cost of evaluating it: so few
-- expressions with few nodes, values in variables of their own, and a named type for the answer.

CREATE TYPE points.answer AS (
    status text, available bigint, seq bigint, points bigint, recorded_at timestamptz,
    lot bigint,     -- that was opened
    alloc bigint[], -- what was taken of lots
    hash bytea
);

CREATE FUNCTION points.microseconds(instant timestamptz) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN (extract(epoch FROM instant) * 1000000)::bigint;

-- The same as eight bytes, the way canonical.py has it: the server itself counts from 2000-01-01.
CREATE FUNCTION points.instant_bytes(instant timestamptz) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
RETURN timestamptz_send(instant + interval '946684800 seconds');

-- rules/caps.py for one credit: the points that are granted, and after them the account's counters; null where it is
-- uncommon. Counters are (counter, period, points) laid flat, a counter's latest period first; one that is not there, or
-- asked for an earlier period, is uncommon, except in a new account.
CREATE FUNCTION points.count(counters bigint[], caps bigint[], requested bigint, new boolean)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    granted bigint := requested;
    place integer;
BEGIN
    FOR i IN 1 .. cardinality(caps) BY 3 LOOP
        place := array_position(counters, caps[i]);
        IF place % 3 = 1 AND counters[place + 1] = caps[i + 1] THEN
            granted := least(granted, greatest(caps[i + 2] - counters[place + 2], 0));
        ELSIF new OR place % 3 = 1 AND counters[place + 1] < caps[i + 1] THEN
            granted := least(granted, greatest(caps[i + 2], 0));
        ELSE
            RETURN NULL;
        END IF;
    END LOOP;
    FOR i IN 1 .. cardinality(caps) BY 3 LOOP
        place := array_position(counters, caps[i]);
        IF new THEN
            counters := counters || ARRAY[caps[i], caps[i + 1], granted];
        ELSIF counters[place + 1] = caps[i + 1] THEN
            counters[place + 2] := counters[place + 2] + granted;
        ELSE -- A new period; of those before it one is kept.
            counters := counters[:place - 1] || ARRAY[caps[i], caps[i + 1], granted] || counters[place:place + 2]
                || counters[place + CASE WHEN counters[place + 3] = caps[i] THEN 6 ELSE 3 END:];
        END IF;
    END LOOP;
    RETURN granted || counters;
END $$;

-- caps: (counter, start of the period in microseconds, limit) laid flat, each counter once, in ascending order.
-- last_day: of the lot, null in a book without lots.
CREATE FUNCTION points.earn(
    member_id uuid, book smallint, requested bigint, kind text, cause text, counter_account text, budget text, rule text,
    rule_version integer, order_ref uuid, occurred_at timestamptz, now timestamptz, key text, input_hash bytea,
    frame bytea, event text, last_day date, mature_at timestamptz, caps bigint[]
) RETURNS points.answer LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    before bigint; -- the account's seq
    granted bigint;
    counted bigint[];
    parcel bigint; -- the lot's number
    waiting bigint; -- the points that are pending
    moment timestamptz;
    uncommon boolean;
    answer points.answer;
BEGIN
    FOR attempt IN 1 .. 3 LOOP
        IF attempt > 1 THEN
            PERFORM FROM points.account AS t WHERE t.member_id = earn.member_id AND t.book = earn.book FOR UPDATE;
        END IF;
        SELECT t.seq, t.last_lot + 1, greatest(t.recorded_at, now), t.counters,
               -- As points.count would; it is for other shapes than these.
               CASE cardinality(caps) WHEN 0 THEN requested WHEN 3 THEN
                   CASE WHEN t.counters[1] = caps[1] AND t.counters[2] = caps[2]
                       THEN least(requested, greatest(caps[3] - t.counters[3], 0)) END
               END,
               t.debt > 0 OR EXISTS (
                   SELECT FROM points.posting AS f
                   WHERE f.member_id = t.member_id AND f.book = t.book AND f.key = earn.key
               )
        INTO before, parcel, moment, counted, granted, uncommon
        FROM points.account AS t WHERE t.member_id = earn.member_id AND t.book = earn.book;
        IF NOT FOUND THEN
            INSERT INTO points.account VALUES (
                earn.member_id, earn.book, 0, 0, 0, 0, 0, 0, decode(repeat('00', 32), 'hex'), '{}', 'epoch',
                '9999-01-01', 0
            ) ON CONFLICT DO NOTHING;
            CONTINUE;
        ELSIF uncommon THEN
            RETURN ROW ('general', NULL, NULL, NULL, NULL, NULL, NULL, NULL)::points.answer;
        ELSIF granted IS NULL THEN
            counted := points.count(counted, caps, requested, before = 0);
            IF counted IS NULL THEN
                RETURN ROW ('general', NULL, NULL, NULL, NULL, NULL, NULL, NULL)::points.answer;
            END IF;
            granted := counted[1];
            counted := counted[2:];
        ELSIF cardinality(caps) > 0 THEN
            counted[3] := counted[3] + granted;
        END IF;
        IF granted = 0 OR last_day IS NULL THEN
            parcel := NULL;
        END IF;
        waiting := CASE WHEN mature_at IS NULL OR parcel IS NULL THEN 0 ELSE granted END;

        WITH account AS (
            UPDATE points.account AS t
            SET balance = t.balance + granted, pending = t.pending + waiting, seq = before + 1,
                last_lot = coalesce(parcel, t.last_lot), counters = counted, recorded_at = moment,
                head = sha256(t.head || sha256(
                    overlay(overlay(overlay(frame PLACING int8send(before + 1) || int8send(granted) FROM 20)
                        PLACING int8send(waiting) FROM 60) PLACING points.instant_bytes(moment) FROM 84)
                    || CASE WHEN parcel IS NULL THEN '\x0000000000000000'::bytea ELSE
                        '\x0000000000000005'::bytea || int8send(parcel) || int8send(granted)
                        || int8send(last_day - date '1970-01-01')
                        || coalesce(points.instant_bytes(mature_at), '\xffffffffffffffff') || '\x0000000000000000'
                    END)),
                open_from = CASE WHEN last_day < t.open_from AND parcel > 0 THEN last_day ELSE t.open_from END,
                open_lot = CASE WHEN last_day < t.open_from AND parcel > 0 THEN parcel ELSE t.open_lot END
            WHERE t.member_id = earn.member_id AND t.book = earn.book AND t.seq = before
            RETURNING t.balance - t.held - t.pending AS available, t.head
        ), posting AS (
            INSERT INTO points.posting
            SELECT earn.member_id, earn.book, before + 1, granted, requested, 0, 0, waiting, 0, kind, cause,
                   counter_account, budget, rule, rule_version, order_ref, occurred_at, moment, key, NULL, input_hash, '{}',
                   CASE WHEN parcel IS NULL THEN '{}' ELSE ARRAY[
                       parcel, granted, last_day - date '1970-01-01', coalesce(points.microseconds(mature_at), -1), 0
                   ] END, head
            FROM account
        ), lot AS (
            INSERT INTO points.lot
            SELECT earn.member_id, earn.book, last_day, parcel, granted, granted, 0, 0, mature_at, before + 1, NULL
            FROM account WHERE parcel IS NOT NULL
        ), outbox_head AS (
            INSERT INTO platform.outbox_head AS h (member_id, seq, recorded_at) SELECT earn.member_id, 1, now FROM account
            ON CONFLICT (member_id) DO UPDATE SET seq = h.seq + 1, recorded_at = greatest(h.recorded_at, now)
            RETURNING h.seq, h.recorded_at
        ), outbox AS (
            INSERT INTO platform.outbox (member_id, seq, recorded_at, events)
            SELECT earn.member_id, seq, recorded_at, format(event, before + 1, granted) FROM outbox_head
        )
        SELECT 'posted', available, before + 1, granted, moment, parcel, NULL::bigint[], head INTO answer FROM account;
        IF FOUND THEN
            RETURN answer;
        END IF;
    END LOOP;
    RAISE 'account %/% moves although it is locked', earn.member_id, earn.book;
END $$;

-- Whether there is a hold past its time, a lot that matured, or a lot past its last day (rules/due.py). open_from,
-- open_lot: the account's.
CREATE FUNCTION points.is_due(
    member_id uuid, book smallint, open_from date, open_lot bigint, now timestamptz, today date
) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM points.hold AS h
        WHERE h.member_id = is_due.member_id AND h.book = is_due.book AND h.expires_at <= now
    ) OR EXISTS (
        SELECT FROM points.lot AS l
        WHERE l.member_id = is_due.member_id AND l.book = is_due.book AND (l.expires_on, l.lot_no) >= (open_from, open_lot)
          AND l.remaining > 0 AND (l.matures_at <= now OR (l.expires_on < today AND l.remaining > l.held))
    );
END $$;

CREATE FUNCTION points.spend(
    member_id uuid, book smallint, requested bigint, kind text, cause text, counter_account text, budget text, rule text,
    rule_version integer, order_ref uuid, occurred_at timestamptz, now timestamptz, key text, input_hash bytea,
    frame bytea, event text, today date
) RETURNS points.answer LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    before bigint; -- the account's seq
    usable bigint;
    mark_from date; -- no lot before this place has anything remaining
    mark_lot bigint;
    stays_from date; -- the place of the first lot that stays open
    stays_lot bigint;
    moment timestamptz;
    settled boolean;
    missing bigint;
    first_day date; -- of the lots that are taken from
    day date;
    parcel bigint;
    left_in bigint;
    free bigint;
    lapsed boolean;
    taken bigint;
    alloc bigint[];
    changes bytea;
    answer points.answer;
BEGIN
    FOR attempt IN 1 .. 2 LOOP
        IF attempt > 1 THEN
            PERFORM FROM points.account AS t WHERE t.member_id = spend.member_id AND t.book = spend.book FOR UPDATE;
        END IF;
        SELECT t.seq, t.balance - t.held - t.pending, t.open_from, t.open_lot, greatest(t.recorded_at, now),
               t.held = 0 AND t.pending = 0 AND t.balance >= -requested, -requested
        INTO before, usable, mark_from, mark_lot, moment, settled, missing
        FROM points.account AS t
        WHERE t.member_id = spend.member_id AND t.book = spend.book AND NOT EXISTS (
            SELECT FROM points.posting AS f WHERE f.member_id = t.member_id AND f.book = t.book AND f.key = spend.key
        );
        IF settled THEN
            NULL;
        ELSIF settled IS NULL OR points.is_due(spend.member_id, spend.book, mark_from, mark_lot, now, today) THEN
            RETURN ROW ('general', NULL, NULL, NULL, NULL, NULL, NULL, NULL)::points.answer;
        ELSIF missing > usable THEN
            RETURN ROW ('short', usable, NULL, NULL, NULL, NULL, NULL, NULL)::points.answer;
        END IF;

        alloc := '{}';
        changes := '';
        first_day := NULL;
        stays_from := NULL;
        FOR day, parcel, left_in, free, lapsed IN
            SELECT t.expires_on, t.lot_no, t.remaining, CASE WHEN t.matures_at IS NULL THEN t.remaining - t.held ELSE 0 END,
                   t.expires_on < today AND t.remaining > t.held
            FROM points.lot AS t
            WHERE t.member_id = spend.member_id AND t.book = spend.book
              AND (t.expires_on, t.lot_no) >= (mark_from, mark_lot) AND t.remaining > 0
            ORDER BY t.expires_on, t.lot_no
        LOOP
            IF lapsed THEN
                RETURN ROW ('general', NULL, NULL, NULL, NULL, NULL, NULL, NULL)::points.answer;
            END IF;
            taken := least(free, missing);
            IF taken > 0 THEN
                missing := missing - taken;
                first_day := coalesce(first_day, day);
                alloc := alloc || ARRAY[parcel, -taken, 0];
                changes := changes || int8send(parcel) || int8send(-taken) || '\x0000000000000000';
            END IF;
            IF taken < left_in THEN
                IF stays_from IS NULL THEN
                    stays_from := day;
                    stays_lot := parcel;
                END IF;
                EXIT WHEN missing = 0;
            END IF;
        END LOOP;
        CONTINUE WHEN missing > 0; -- The lots are of a later moment than the account, or damaged.

        WITH account AS (
            UPDATE points.account AS t
            SET balance = t.balance + requested, seq = before + 1, recorded_at = moment,
                head = sha256(t.head || sha256(
                    overlay(overlay(frame PLACING int8send(before + 1) FROM 20)
                        PLACING points.instant_bytes(moment) FROM 84)
                    || int4send(cardinality(alloc)) || changes || '\x00000000')),
                open_from = coalesce(stays_from, '9999-01-01'),
                open_lot = CASE WHEN stays_from IS NULL THEN t.last_lot ELSE stays_lot END
            WHERE t.member_id = spend.member_id AND t.book = spend.book AND t.seq = before
            RETURNING t.balance - t.held - t.pending AS available, t.head
        ), posting AS (
            INSERT INTO points.posting
            SELECT spend.member_id, spend.book, before + 1, requested, requested, 0, 0, 0, 0, kind, cause, counter_account,
                   budget, rule, rule_version, order_ref, occurred_at, moment, key, NULL, input_hash, alloc, '{}', head
            FROM account
        ), lot AS (
            -- In alloc a lot's number is above 0, what is taken below it: only the number is found.
            UPDATE points.lot AS t SET remaining = t.remaining + alloc[array_position(alloc, t.lot_no) + 1]
            FROM account
            WHERE t.member_id = spend.member_id AND t.book = spend.book AND t.expires_on BETWEEN first_day AND day
              AND t.lot_no = ANY (alloc)
        ), outbox_head AS (
            INSERT INTO platform.outbox_head AS h (member_id, seq, recorded_at) SELECT spend.member_id, 1, now FROM account
            ON CONFLICT (member_id) DO UPDATE SET seq = h.seq + 1, recorded_at = greatest(h.recorded_at, now)
            RETURNING h.seq, h.recorded_at
        ), outbox AS (
            INSERT INTO platform.outbox (member_id, seq, recorded_at, events)
            SELECT spend.member_id, seq, recorded_at, format(event, before + 1, requested) FROM outbox_head
        )
        SELECT 'posted', available, before + 1, requested, moment, NULL::bigint, alloc, head INTO answer FROM account;
        IF FOUND THEN
            RETURN answer;
        END IF;
    END LOOP;
    RAISE 'account %/% moves although it is locked, or its lots have % points less than its balance',
        spend.member_id, spend.book, missing;
END $$;
