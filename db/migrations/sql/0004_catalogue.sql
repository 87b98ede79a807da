-- catalogue: a copy of what the shop sells and where. No member owns any of it: reference tables, read by all.
-- `version` is the shop's own, per row: an older one never replaces a newer one. `hash` is the sha256 of the row as
-- it came, so that the same row again changes nothing and other content under the same version is seen.
-- What a row names (a sku's category, a price's sku) is checked for a whole upload at once, and no code is ever deleted:
-- a foreign key checked row by row would take 40 % of the time of an upload and could find nothing.
CREATE SCHEMA catalogue;
GRANT USAGE ON SCHEMA catalogue TO huixiang_app, huixiang_read;

CREATE TABLE catalogue.category (
    category    text        PRIMARY KEY,
    parent      text        REFERENCES catalogue.category DEFERRABLE INITIALLY DEFERRED,
    name        jsonb       NOT NULL,
    position    integer     NOT NULL,
    state       text        NOT NULL,          -- active, retired
    path        text[]      NOT NULL DEFAULT '{}',   -- from the category itself to its root, made of `parent`
    version     bigint      NOT NULL,
    hash        bytea       NOT NULL,
    recorded_at timestamptz NOT NULL,
    CHECK (path[1] = category)
);
CREATE INDEX category_path ON catalogue.category USING gin (path);

CREATE TABLE catalogue.brand (
    brand       text        PRIMARY KEY,
    name        jsonb       NOT NULL,
    state       text        NOT NULL,
    version     bigint      NOT NULL,
    hash        bytea       NOT NULL,
    recorded_at timestamptz NOT NULL
);

CREATE TABLE catalogue.sku (
    sku             text        PRIMARY KEY,      -- the shop's own id
    name            jsonb       NOT NULL,
    category        text        NOT NULL,
    brand           text,                         -- may be unknown to catalogue.brand; shown by its code then
    tags            text[]      NOT NULL,
    unit            text        NOT NULL CHECK (unit IN ('piece', 'gram')),
    list_price_fen  bigint      NOT NULL CHECK (list_price_fen >= 0),   -- of 1 piece, or of 1000 grams
    cost_fen        bigint      CHECK (cost_fen >= 0),                  -- of the same
    estimated_g     integer     CHECK (estimated_g > 0),                -- what one pick usually weighs
    shelf_life_days integer     CHECK (shelf_life_days > 0),
    attributes      jsonb       NOT NULL,
    state           text        NOT NULL,
    version         bigint      NOT NULL,
    hash            bytea       NOT NULL,
    recorded_at     timestamptz NOT NULL
);
CREATE INDEX sku_category ON catalogue.sku (category, sku);

-- Every list price and cost a sku ever had, written when either changes.
CREATE TABLE catalogue.sku_price_change (
    sku            text        NOT NULL,
    version        bigint      NOT NULL,
    list_price_fen bigint      NOT NULL,
    cost_fen       bigint,
    recorded_at    timestamptz NOT NULL,
    PRIMARY KEY (sku, version)
);

CREATE TABLE catalogue.store (
    store       text        PRIMARY KEY,
    name        jsonb       NOT NULL,
    city        text        NOT NULL,
    region      text        NOT NULL,
    time_zone   text,                             -- null: the business time zone of the programme
    attributes  jsonb       NOT NULL,
    state       text        NOT NULL,
    version     bigint      NOT NULL,
    hash        bytea       NOT NULL,
    recorded_at timestamptz NOT NULL
);

CREATE TABLE catalogue.channel (
    channel     text        PRIMARY KEY,
    name        jsonb       NOT NULL,
    state       text        NOT NULL,
    version     bigint      NOT NULL,
    hash        bytea       NOT NULL,
    recorded_at timestamptz NOT NULL
);

-- What a sku costs, apart from its list price: per price list, in one store or in every store ('*'), from an instant.
CREATE TABLE catalogue.price (
    price_list  text        NOT NULL,
    sku         text        NOT NULL,
    store       text        NOT NULL,
    valid_from  timestamptz NOT NULL,
    valid_to    timestamptz,
    price_fen   bigint      NOT NULL CHECK (price_fen >= 0),            -- of 1 piece, or of 1000 grams
    version     bigint      NOT NULL,
    hash        bytea       NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (sku, price_list, store, valid_from),
    CHECK (valid_to > valid_from)
);

-- Every version of every price row, as it was taken in.
CREATE TABLE catalogue.price_change (
    price_list  text        NOT NULL,
    sku         text        NOT NULL,
    store       text        NOT NULL,
    valid_from  timestamptz NOT NULL,
    version     bigint      NOT NULL,
    valid_to    timestamptz,
    price_fen   bigint      NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (sku, price_list, store, valid_from, version)
);

CREATE VIEW catalogue.catalogue_facts AS
SELECT s.sku, s.category, c.path AS categories, s.brand, s.tags, s.unit,
       CASE s.unit WHEN 'gram' THEN 1000 ELSE 1 END AS price_basis,
       s.list_price_fen, s.cost_fen, s.estimated_g, s.shelf_life_days, s.attributes, s.state
FROM catalogue.sku s JOIN catalogue.category c USING (category);

-- Prices beside list prices. Of those in force at an instant the store's own goes before every store's ('*'), and the
-- later beginning before the earlier.
CREATE VIEW catalogue.catalogue_prices_facts AS
SELECT sku, price_list, store, valid_from, valid_to, price_fen FROM catalogue.price;

CREATE VIEW catalogue.catalogue_stores_facts AS SELECT store, city, region, state FROM catalogue.store;

GRANT SELECT, INSERT, UPDATE ON catalogue.category, catalogue.brand, catalogue.sku, catalogue.store,
    catalogue.channel, catalogue.price TO huixiang_app;
GRANT SELECT, INSERT ON catalogue.sku_price_change, catalogue.price_change TO huixiang_app;
GRANT SELECT ON catalogue.catalogue_facts, catalogue.catalogue_prices_facts, catalogue.catalogue_stores_facts
    TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA catalogue TO huixiang_read;
