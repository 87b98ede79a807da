-- stock: what members compete for, and who has which part of it (docs/decisions/0035). Rows belong to resources; member_id
-- of a ticket is information.
--
-- Everybody takes locks in one order, so that nobody waits in a circle: tickets, then for each resource in the order of ids
-- shares, then sub-counters, the highest number first. Who has locked a sub-counter waits for no other but number 0.
CREATE SCHEMA stock;
GRANT USAGE ON SCHEMA stock TO huixiang_app, huixiang_read;

CREATE TABLE stock.resource (
    resource_id uuid        PRIMARY KEY,             -- follows from kind and key, so it needs no look-up
    kind        text        NOT NULL,
    key         text        COLLATE "C" NOT NULL,
    unit        text        NOT NULL CHECK (unit IN ('pieces', 'uses', 'fen', 'places')),
    capacity    bigint      NOT NULL CHECK (capacity >= 0),
    shards      smallint    NOT NULL CHECK (shards BETWEEN 1 AND 64),
    per_member  bigint      CHECK (per_member > 0),  -- what one member may have of it at a time
    opens_at    timestamptz,
    closes_at   timestamptz CHECK (closes_at > opens_at),
    version     bigint      NOT NULL,                -- of whoever defined it
    source      text        NOT NULL,
    defined_at  timestamptz NOT NULL
);
CREATE UNIQUE INDEX resource_key ON stock.resource (kind, key, resource_id);

-- Every definition that counted: who made it how large, and when.
CREATE TABLE stock.definition (
    resource_id uuid        NOT NULL,
    version     bigint      NOT NULL,
    capacity    bigint      NOT NULL,
    source      text        NOT NULL,
    defined_at  timestamptz NOT NULL,
    PRIMARY KEY (resource_id, version)
);

-- What is left, in parts, so that not everybody waits for one row. Number 0 alone goes below zero, where the capacity was
-- lowered below what is taken; the others are then 0.
CREATE TABLE stock.counter (
    resource_id uuid     NOT NULL,
    shard       smallint NOT NULL,
    remaining   bigint   NOT NULL CHECK (shard = 0 OR remaining >= 0),
    PRIMARY KEY (resource_id, shard)
) WITH (fillfactor = 20);

CREATE TABLE stock.ticket (
    resource_id uuid        NOT NULL,
    holder_id   uuid        NOT NULL,
    holder_kind text        NOT NULL,
    member_id   uuid        NOT NULL,
    wanted      bigint      NOT NULL CHECK (wanted > 0),
    amount      bigint      NOT NULL CHECK (amount BETWEEN 0 AND wanted),   -- what it has now
    state       text        NOT NULL CHECK (state IN ('reserved', 'confirmed', 'freed')),
    reserved_at timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (resource_id, holder_id),
    CHECK ((state = 'freed') = (amount = 0))
) WITH (fillfactor = 70);
CREATE INDEX ticket_holder ON stock.ticket (holder_id);
CREATE INDEX ticket_expires ON stock.ticket (expires_at, holder_id) WHERE state = 'reserved';

-- What each member has of a resource that limits it.
CREATE TABLE stock.share (
    resource_id uuid   NOT NULL,
    member_id   uuid   NOT NULL,
    held        bigint NOT NULL CHECK (held >= 0),
    PRIMARY KEY (resource_id, member_id)
) WITH (fillfactor = 70);

CREATE TABLE stock.ticket_change (
    resource_id uuid        NOT NULL,
    holder_id   uuid        NOT NULL,
    what        text        NOT NULL CHECK (what IN ('reserved', 'confirmed', 'given_back', 'freed')),
    key         text        NOT NULL CHECK ((what = 'given_back') = (key <> '')),   -- of one giving back
    amount      bigint      NOT NULL,                -- what the ticket has more than before
    why         text        NOT NULL,
    changed_at  timestamptz NOT NULL,
    PRIMARY KEY (resource_id, holder_id, what, key)
);

-- What one may know of a resource without asking for its tickets.
CREATE VIEW stock.stock_facts AS
SELECT r.resource_id, r.kind, r.key, r.unit, r.capacity, r.per_member, r.opens_at, r.closes_at, r.version,
       (SELECT sum(c.remaining)::bigint FROM stock.counter AS c WHERE c.resource_id = r.resource_id) AS remaining
FROM stock.resource AS r;

GRANT SELECT, INSERT, UPDATE ON stock.resource, stock.counter, stock.ticket, stock.share TO huixiang_app;
GRANT SELECT, INSERT ON stock.definition, stock.ticket_change TO huixiang_app;
GRANT SELECT ON stock.stock_facts TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA stock TO huixiang_read;

-- One definition: {id, kind, key, unit, capacity, shards, per_member, opens_at, closes_at, version, source}. What became of
-- it: created, updated, unchanged, stale, reused (the same version says something else) or fixed (the unit, or whether
-- members are limited, cannot change). The number of sub-counters never falls.
CREATE FUNCTION stock.define(asked jsonb, now timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    new stock.resource := jsonb_populate_record(
        NULL::stock.resource, asked || jsonb_build_object('resource_id', asked->'id', 'defined_at', now)
    );
    old stock.resource;
    total bigint;
BEGIN
    INSERT INTO stock.resource SELECT new.* ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO stock.counter
        SELECT new.resource_id, n, div(new.capacity, new.shards)::bigint + (n < new.capacity % new.shards)::int
        FROM generate_series(0, new.shards - 1) AS n;
        INSERT INTO stock.definition VALUES (new.resource_id, new.version, new.capacity, new.source, now);
        RETURN 'created';
    END IF;
    SELECT * INTO old FROM stock.resource AS r WHERE r.resource_id = new.resource_id FOR UPDATE;
    IF new.version < old.version THEN
        RETURN 'stale';
    ELSIF new.version = old.version THEN
        RETURN CASE WHEN (new.unit, new.capacity, new.per_member, new.opens_at, new.closes_at)
            IS NOT DISTINCT FROM (old.unit, old.capacity, old.per_member, old.opens_at, old.closes_at)
            THEN 'unchanged' ELSE 'reused' END;
    ELSIF new.unit <> old.unit OR (new.per_member IS NULL) <> (old.per_member IS NULL) THEN
        RETURN 'fixed';
    END IF;
    new.shards := greatest(new.shards, old.shards);
    UPDATE stock.resource AS r
    SET capacity = new.capacity, shards = new.shards, per_member = new.per_member, opens_at = new.opens_at,
        closes_at = new.closes_at, version = new.version, source = new.source, defined_at = now
    WHERE r.resource_id = new.resource_id;
    INSERT INTO stock.definition VALUES (new.resource_id, new.version, new.capacity, new.source, now);
    IF (new.capacity, new.shards) <> (old.capacity, old.shards) THEN
        PERFORM FROM stock.counter AS c WHERE c.resource_id = new.resource_id ORDER BY c.shard DESC FOR UPDATE;
        SELECT sum(c.remaining) + new.capacity - old.capacity INTO total
        FROM stock.counter AS c WHERE c.resource_id = new.resource_id;
        INSERT INTO stock.counter AS c
        SELECT new.resource_id, n,
               CASE WHEN total >= 0 THEN div(total, new.shards)::bigint + (n < total % new.shards)::int
                    WHEN n = 0 THEN total ELSE 0 END
        FROM generate_series(new.shards - 1, 0, -1) AS n
        ON CONFLICT (resource_id, shard) DO UPDATE SET remaining = excluded.remaining;
    END IF;
    RETURN 'updated';
END $$;

-- Why a holder cannot have what is asked, for all resources together and without a lock; null where nothing is known
-- against it. What has to be defined first is not looked at.
CREATE FUNCTION stock.refusals(asked jsonb, holder_kind text, holder uuid, member uuid, now timestamptz)
RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_build_object(
        'id', f.id, 'why', f.why, 'wanted', f.amount,
        'remaining', CASE f.why WHEN 'held' THEN greatest(f.per_member - f.held, 0)
                                WHEN 'exhausted' THEN greatest(f.remaining, 0) END,
        'instant', CASE f.why WHEN 'not_open' THEN f.opens_at WHEN 'closed' THEN f.closes_at END
    ) ORDER BY f.id)
    FROM (
        SELECT a.id, a.amount, r.per_member, r.opens_at, r.closes_at, coalesce(s.held, 0) AS held, c.remaining,
               CASE WHEN (t.wanted, t.member_id, t.holder_kind) <> (a.amount, member, refusals.holder_kind)
                        THEN 'conflict'
                    WHEN t.state = 'freed' THEN 'freed'
                    WHEN t.state IS NOT NULL THEN NULL
                    WHEN r.resource_id IS NULL AND a.definition IS NULL THEN 'unknown'
                    WHEN r.resource_id IS NULL OR (a.definition->>'version')::bigint > r.version THEN NULL
                    WHEN now < r.opens_at THEN 'not_open'
                    WHEN now >= r.closes_at THEN 'closed'
                    WHEN coalesce(s.held, 0) + a.amount > r.per_member THEN 'held'
                    WHEN c.remaining < a.amount THEN 'exhausted'
               END AS why
        FROM jsonb_to_recordset(asked) AS a (id uuid, amount bigint, definition jsonb)
        LEFT JOIN stock.resource AS r ON r.resource_id = a.id
        LEFT JOIN stock.ticket AS t ON t.resource_id = a.id AND t.holder_id = holder
        LEFT JOIN stock.share AS s ON s.resource_id = a.id AND s.member_id = member
        LEFT JOIN LATERAL (SELECT sum(remaining)::bigint AS remaining FROM stock.counter WHERE resource_id = a.id) AS c
            ON true
    ) AS f
    WHERE f.why IS NOT NULL
$$;

-- Take an amount of a resource's sub-counters: all of it, or less than nothing is said and false is returned. The part that
-- the holder's id points at first, then any that has enough and is not locked, in the end all of them together.
CREATE FUNCTION stock.take(resource uuid, parts smallint, wanted bigint, holder uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    preferred smallint := get_byte(uuid_send(holder), 15) % parts;
    place smallint;
BEGIN
    IF parts = 1 THEN
        UPDATE stock.counter AS c SET remaining = c.remaining - wanted
        WHERE c.resource_id = resource AND c.shard = 0 AND c.remaining >= wanted;
        RETURN FOUND;
    END IF;
    BEGIN
        SELECT c.shard INTO place FROM stock.counter AS c WHERE c.resource_id = resource AND c.remaining >= wanted
        ORDER BY c.shard <> preferred, c.shard LIMIT 1 FOR UPDATE SKIP LOCKED;
        IF NOT FOUND THEN
            -- What others have taken from meanwhile was locked before it was seen to lack: let it go before waiting.
            RAISE SQLSTATE 'HX002';
        END IF;
        UPDATE stock.counter AS c SET remaining = c.remaining - wanted
        WHERE c.resource_id = resource AND c.shard = place;
        RETURN true;
    EXCEPTION WHEN SQLSTATE 'HX002' THEN
        NULL;
    END;
    PERFORM FROM stock.counter AS c WHERE c.resource_id = resource ORDER BY c.shard DESC FOR UPDATE;
    IF (SELECT sum(c.remaining) FROM stock.counter AS c WHERE c.resource_id = resource) < wanted THEN
        RETURN false;
    END IF;
    UPDATE stock.counter AS c SET remaining = c.remaining - p.taken
    FROM (
        SELECT s.shard,
               least(s.remaining, wanted - sum(s.remaining) OVER (ORDER BY s.shard) + s.remaining)::bigint AS taken
        FROM stock.counter AS s WHERE s.resource_id = resource
    ) AS p
    WHERE c.resource_id = resource AND c.shard = p.shard AND p.taken > 0;
    RETURN true;
END $$;

-- Add to what is left: to any sub-counter that is not locked. What is overdrawn is filled first; while one sub-counter is
-- locked nobody lowers the capacity, so what is seen then holds.
CREATE FUNCTION stock.put_back(resource uuid, given bigint, holder uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    preferred smallint := get_byte(uuid_send(holder), 15)
        % (SELECT r.shards FROM stock.resource AS r WHERE r.resource_id = resource);
    place smallint;
BEGIN
    SELECT c.shard INTO place FROM stock.counter AS c WHERE c.resource_id = resource
    ORDER BY c.shard <> preferred, c.shard LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        SELECT c.shard INTO place FROM stock.counter AS c
        WHERE c.resource_id = resource AND c.shard = preferred FOR UPDATE;
    END IF;
    IF EXISTS (SELECT FROM stock.counter AS c WHERE c.resource_id = resource AND c.shard = 0 AND c.remaining < 0) THEN
        place := 0;
    END IF;
    UPDATE stock.counter AS c SET remaining = c.remaining + given WHERE c.resource_id = resource AND c.shard = place;
END $$;

-- One ticket, under locks. Raises HX001 with the refusal as its detail, which undoes what was done for the others.
CREATE FUNCTION stock.reserve_one(
    asked jsonb, holder_kind text, holder uuid, member uuid, expires timestamptz, now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    resource uuid := asked->>'id';
    wanted bigint := asked->>'amount';
    its stock.resource;
    refused jsonb;
BEGIN
    SELECT * INTO its FROM stock.resource AS r WHERE r.resource_id = resource;
    IF asked->>'definition' IS NOT NULL
        AND (its.version IS NULL OR (asked->'definition'->>'version')::bigint > its.version) THEN
        IF stock.define(asked->'definition', now) = 'fixed' THEN
            RAISE SQLSTATE 'HX001' USING DETAIL = jsonb_build_object('id', resource, 'why', 'fixed', 'wanted', wanted);
        END IF;
        SELECT * INTO its FROM stock.resource AS r WHERE r.resource_id = resource;
    END IF;
    -- Another holder's twin at the same moment is waited for here, and seen below.
    INSERT INTO stock.ticket
    VALUES (resource, holder, holder_kind, member, wanted, wanted, 'reserved', now, expires) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        refused := stock.refusals(jsonb_build_array(asked), holder_kind, holder, member, now);
        IF refused IS NOT NULL THEN
            RAISE SQLSTATE 'HX001' USING DETAIL = refused->0;
        END IF;
        RETURN;
    END IF;
    INSERT INTO stock.ticket_change VALUES (resource, holder, 'reserved', '', wanted, holder_kind, now);
    IF its.per_member IS NOT NULL THEN
        INSERT INTO stock.share AS s VALUES (resource, member, 0) ON CONFLICT DO NOTHING;
        UPDATE stock.share AS s SET held = s.held + wanted
        WHERE s.resource_id = resource AND s.member_id = member AND s.held + wanted <= its.per_member;
        IF NOT FOUND THEN
            RAISE SQLSTATE 'HX001' USING DETAIL = jsonb_build_object(
                'id', resource, 'why', 'held', 'wanted', wanted, 'remaining', greatest(its.per_member - (
                    SELECT s.held FROM stock.share AS s WHERE s.resource_id = resource AND s.member_id = member
                ), 0)
            );
        END IF;
    END IF;
    IF now < its.opens_at OR now >= its.closes_at THEN
        RAISE SQLSTATE 'HX001' USING DETAIL = jsonb_build_object(
            'id', resource, 'why', CASE WHEN now < its.opens_at THEN 'not_open' ELSE 'closed' END, 'wanted', wanted,
            'instant', CASE WHEN now < its.opens_at THEN its.opens_at ELSE its.closes_at END
        );
    END IF;
    IF NOT stock.take(resource, its.shards, wanted, holder) THEN
        RAISE SQLSTATE 'HX001' USING DETAIL = jsonb_build_object(
            'id', resource, 'why', 'exhausted', 'wanted', wanted, 'remaining', greatest((
                SELECT sum(c.remaining) FROM stock.counter AS c WHERE c.resource_id = resource
            ), 0)
        );
    END IF;
END $$;

-- All of what is asked or nothing of it: {"tickets": [...]} or {"refused": [...]}. asked: [{id, amount, definition?}].
-- Most of a rush is refused by the first look, which waits for nobody and writes nothing.
CREATE FUNCTION stock.reserve(
    asked jsonb, holder_kind text, holder uuid, member uuid, expires timestamptz, now timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    refused jsonb;
    lacking text;
BEGIN
    FOR attempt IN 1 .. 2 LOOP
        refused := stock.refusals(asked, holder_kind, holder, member, now);
        IF refused IS NOT NULL THEN
            RETURN jsonb_build_object('refused', refused);
        END IF;
        BEGIN
            PERFORM stock.reserve_one(o.one, holder_kind, holder, member, expires, now)
            FROM (SELECT e.one FROM jsonb_array_elements(asked) AS e (one) ORDER BY (e.one->>'id')::uuid) AS o;
            RETURN jsonb_build_object('tickets', (
                SELECT jsonb_agg(to_jsonb(t.*) ORDER BY t.resource_id)
                FROM jsonb_to_recordset(asked) AS a (id uuid)
                JOIN stock.ticket AS t ON t.resource_id = a.id AND t.holder_id = holder
            ));
        EXCEPTION WHEN SQLSTATE 'HX001' THEN
            GET STACKED DIAGNOSTICS lacking = PG_EXCEPTION_DETAIL;  -- looked at once more, for all that lacks
        END;
    END LOOP;
    RETURN jsonb_build_object('refused', jsonb_build_array(lacking::jsonb));
END $$;

-- Tickets that are reserved become confirmed.
CREATE FUNCTION stock.confirm(holders uuid[], now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stock.ticket AS t WHERE t.holder_id = ANY (holders) ORDER BY t.resource_id, t.holder_id FOR UPDATE;
    WITH done AS (
        UPDATE stock.ticket AS t SET state = 'confirmed' WHERE t.holder_id = ANY (holders) AND t.state = 'reserved'
        RETURNING t.resource_id, t.holder_id, t.holder_kind
    )
    INSERT INTO stock.ticket_change
    SELECT d.resource_id, d.holder_id, 'confirmed', '', 0, d.holder_kind, now FROM done AS d;
END $$;

-- Everything that holders have is left again.
CREATE FUNCTION stock.free(holders uuid[], why text, now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    PERFORM FROM stock.ticket AS t WHERE t.holder_id = ANY (holders) ORDER BY t.resource_id, t.holder_id FOR UPDATE;
    FOR one IN
        SELECT t.resource_id, sum(t.amount)::bigint AS amount, array_agg(t.holder_id) AS holders,
               array_agg(t.member_id) AS members
        FROM stock.ticket AS t WHERE t.holder_id = ANY (holders) AND t.state <> 'freed'
        GROUP BY t.resource_id ORDER BY t.resource_id
    LOOP
        PERFORM FROM stock.share AS s WHERE s.resource_id = one.resource_id AND s.member_id = ANY (one.members)
        ORDER BY s.member_id FOR UPDATE;
        UPDATE stock.share AS s SET held = s.held - f.amount
        FROM (
            SELECT t.member_id, sum(t.amount)::bigint AS amount FROM stock.ticket AS t
            WHERE t.resource_id = one.resource_id AND t.holder_id = ANY (one.holders) GROUP BY t.member_id
        ) AS f
        WHERE s.resource_id = one.resource_id AND s.member_id = f.member_id;
        INSERT INTO stock.ticket_change
        SELECT t.resource_id, t.holder_id, 'freed', '', -t.amount, free.why, now FROM stock.ticket AS t
        WHERE t.resource_id = one.resource_id AND t.holder_id = ANY (one.holders);
        UPDATE stock.ticket AS t SET state = 'freed', amount = 0
        WHERE t.resource_id = one.resource_id AND t.holder_id = ANY (one.holders);
        PERFORM stock.put_back(one.resource_id, one.amount, one.holders[1]);
    END LOOP;
END $$;

-- Parts of what a holder has are left again: null, or why nothing was given back. given: [{id, amount}]. Each key counts
-- once a ticket.
CREATE FUNCTION stock.give_back(given jsonb, holder uuid, key text, why text, now timestamptz) RETURNS jsonb
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    one record;
BEGIN
    PERFORM FROM stock.ticket AS t WHERE t.holder_id = holder ORDER BY t.resource_id FOR UPDATE;
    FOR one IN
        SELECT g.id, g.amount, t.member_id, coalesce(t.amount, 0) AS has, -l.amount AS before
        FROM jsonb_to_recordset(given) AS g (id uuid, amount bigint)
        LEFT JOIN stock.ticket AS t ON t.resource_id = g.id AND t.holder_id = holder
        LEFT JOIN stock.ticket_change AS l
            ON l.resource_id = g.id AND l.holder_id = holder AND l.what = 'given_back' AND l.key = give_back.key
        ORDER BY g.id
    LOOP
        CONTINUE WHEN one.before = one.amount;
        IF one.before IS NOT NULL OR one.has < one.amount THEN
            RETURN jsonb_build_object(
                'id', one.id, 'why', CASE WHEN one.before IS NULL THEN 'too_much' ELSE 'conflict' END,
                'wanted', one.amount, 'remaining', coalesce(one.before, one.has)
            );
        END IF;
        UPDATE stock.share SET held = held - one.amount WHERE resource_id = one.id AND member_id = one.member_id;
        INSERT INTO stock.ticket_change
        VALUES (one.id, holder, 'given_back', give_back.key, -one.amount, give_back.why, now);
        UPDATE stock.ticket SET amount = amount - one.amount,
               state = CASE WHEN amount = one.amount THEN 'freed' ELSE state END
        WHERE resource_id = one.id AND holder_id = holder;
        PERFORM stock.put_back(one.id, one.amount, holder);
    END LOOP;
    RETURN NULL;
END $$;
