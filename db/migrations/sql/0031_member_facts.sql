-- habits: what members' orders and visits come to, in one row a member that conditions read. Everything here can be
-- reckoned again from the orders.
CREATE SCHEMA habits;
GRANT USAGE ON SCHEMA habits TO huixiang_app, huixiang_read;

-- What is known of a birthday and of an address beside what is sealed; it identifies nobody, and dies with an erasure.
ALTER TABLE members.member ADD COLUMN age_band text, ADD COLUMN city text;

CREATE VIEW members.members_derived_facts AS
SELECT member_id, age_band, city FROM members.member WHERE merged_into IS NULL;

-- Everybody who ever registered, those too who go by another's id.
CREATE VIEW members.members_joined_facts AS SELECT member_id, registered_at, state FROM members.member;

-- Orders of which something was kept, by whose they are: a member's own, and those of who was merged into them.
CREATE VIEW checkout.checkout_kept_facts AS
SELECT o.member_id AS owner_id, o.business_day, o.store_id, o.cash_fen - o.refunded_fen AS kept_fen
FROM checkout.orders o WHERE o.state <> 'refunded'
UNION ALL
SELECT a.into_id, o.business_day, o.store_id, o.cash_fen - o.refunded_fen
FROM members.members_aliases_facts a JOIN checkout.orders o USING (member_id) WHERE o.state <> 'refunded';

-- What was paid and kept of goods, under the category that the catalogue gives them now. A row a line.
CREATE VIEW checkout.checkout_goods_facts AS
SELECT o.owner_id, o.business_day, f.category, l.paid_fen - l.refunded_fen AS kept_fen
FROM checkout.checkout_owners_facts o JOIN checkout.order_line l USING (member_id, order_id)
JOIN catalogue.catalogue_facts f USING (sku)
WHERE o.state <> 'refunded';

-- One row a member, as at the day of `reckoned_at`. Windows end with that day and include it.
CREATE TABLE habits.member (
    member_id            uuid        PRIMARY KEY,
    rule_version         integer     NOT NULL,      -- of the document lifecycle/default
    turns_on             date,                      -- the first day on which something changes though nobody orders
    first_order_on       date,
    last_order_on        date,
    orders_30d           bigint      NOT NULL,
    orders_90d           bigint      NOT NULL,
    orders_365d          bigint      NOT NULL,
    spend_30d            bigint      NOT NULL,      -- fen, paid in cash and not refunded
    spend_90d            bigint      NOT NULL,
    spend_365d           bigint      NOT NULL,
    favourite_categories text[]      NOT NULL,      -- at most three, the one with the most spent first
    home_store           text,
    lifecycle            text        NOT NULL CHECK (lifecycle IN ('new', 'growing', 'mature', 'declining', 'dormant', 'lost')),
    reckoned_at          timestamptz NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX member_turns_on ON habits.member (turns_on);
CREATE INDEX member_rule_version ON habits.member (rule_version);

-- Whose row has to be reckoned again, and from when on.
CREATE TABLE habits.mark (
    member_id uuid        PRIMARY KEY,
    due_at    timestamptz NOT NULL
);
CREATE INDEX mark_due_at ON habits.mark (due_at);

-- When members were last seen and what they last looked at, as other systems tell. Under the id that was theirs then.
CREATE TABLE habits.behaviour (
    member_id            uuid        PRIMARY KEY,
    last_seen_at         timestamptz NOT NULL,
    last_viewed_category text,
    last_viewed_at       timestamptz,
    CHECK ((last_viewed_category IS NULL) = (last_viewed_at IS NULL))
) WITH (fillfactor = 80);

-- Who is erased: nothing is reckoned for them, though their orders stay.
CREATE TABLE habits.forgotten (
    member_id   uuid        PRIMARY KEY,
    recorded_at timestamptz NOT NULL
);

-- insight: whom merges took out of the sums, and of what: the day of registration, and the tier. A member who was merged
-- into another is none.
CREATE TABLE insight.merged (
    member_id     uuid PRIMARY KEY,
    registered_on date NOT NULL,
    tier          text
);
GRANT SELECT, INSERT, UPDATE, DELETE ON insight.merged TO huixiang_app;
GRANT DELETE ON insight.buyer TO huixiang_app;
GRANT SELECT ON insight.merged TO huixiang_read;

-- home_city: of the store; where there is none, of the address.
CREATE VIEW habits.habits_facts AS
SELECT h.member_id, h.first_order_on, h.last_order_on, h.orders_30d, h.orders_90d, h.orders_365d,
       h.spend_30d, h.spend_90d, h.spend_365d, h.favourite_categories, h.home_store, h.lifecycle,
       coalesce(s.city, d.city) AS home_city
FROM habits.member h
LEFT JOIN catalogue.catalogue_stores_facts s ON s.store = h.home_store
LEFT JOIN members.members_derived_facts d ON d.member_id = h.member_id;

CREATE VIEW habits.habits_seen_facts AS
SELECT seen.owner_id AS member_id, max(seen.last_seen_at) AS last_seen_at,
       (array_agg(seen.last_viewed_category ORDER BY seen.last_viewed_at DESC, seen.last_viewed_category)
        FILTER (WHERE seen.last_viewed_at IS NOT NULL))[1] AS last_viewed_category
FROM (
    SELECT b.member_id AS owner_id, b.last_seen_at, b.last_viewed_category, b.last_viewed_at FROM habits.behaviour b
    UNION ALL
    SELECT a.into_id, b.last_seen_at, b.last_viewed_category, b.last_viewed_at
    FROM members.members_aliases_facts a JOIN habits.behaviour b USING (member_id)
) AS seen
GROUP BY seen.owner_id;

GRANT SELECT, INSERT, UPDATE, DELETE ON habits.member, habits.mark, habits.behaviour TO huixiang_app;
GRANT SELECT, INSERT ON habits.forgotten TO huixiang_app;
GRANT SELECT ON habits.habits_facts, habits.habits_seen_facts, members.members_derived_facts,
    members.members_joined_facts, checkout.checkout_kept_facts, checkout.checkout_goods_facts TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA habits TO huixiang_read;
GRANT SELECT ON members.members_derived_facts, members.members_joined_facts, checkout.checkout_kept_facts,
    checkout.checkout_goods_facts TO huixiang_read;
