-- checkout: sums to charge and to give back, each an instruction to the shop (docs/decisions/0037, point 7).

-- One sum of one order. key: the order's own name for it. sent_at: when it was last sent; tries: how often. settled_at: when
-- it was confirmed or voided here; paid_at: when the money moved, by the shop's clock, and paid_on its business day.
-- reason: of the last failure. undone_by: the give-back of a charge that came when nobody needed it any more.
CREATE TABLE checkout.instruction (
    member_id      uuid        NOT NULL,
    instruction_id uuid        NOT NULL,
    order_id       uuid        NOT NULL,
    key            text        NOT NULL,
    kind           text        NOT NULL CHECK (kind IN ('charge', 'give_back')),
    fen            bigint      NOT NULL CHECK (fen > 0),
    cause          text        NOT NULL,
    state          text        NOT NULL CHECK (state IN ('sent', 'failed', 'confirmed', 'voided')),
    tries          integer     NOT NULL CHECK (tries > 0),
    asked_at       timestamptz NOT NULL,
    sent_at        timestamptz NOT NULL,
    settled_at     timestamptz,
    reference      text,
    paid_at        timestamptz,
    paid_on        date,
    reason         text,
    undone_by      uuid,
    changes        integer     NOT NULL CHECK (changes > 0),   -- rows of instruction_change
    PRIMARY KEY (member_id, instruction_id),
    CHECK ((reference IS NOT NULL) = (state = 'confirmed')),
    CHECK ((reference IS NULL) = (paid_at IS NULL) AND (reference IS NULL) = (paid_on IS NULL)),
    CHECK ((settled_at IS NULL) = (state IN ('sent', 'failed'))),
    CHECK (state <> 'failed' OR reason IS NOT NULL),
    CHECK (kind = 'charge' OR (state <> 'voided' AND undone_by IS NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX instruction_order ON checkout.instruction (member_id, order_id, key);
-- What is open, over all members: the list of a state, the longest out first.
CREATE INDEX instruction_state ON checkout.instruction (state, sent_at, instruction_id);
-- To hold a day's payments against it, which name an instruction and no member.
CREATE INDEX instruction_named ON checkout.instruction (instruction_id);
CREATE INDEX instruction_paid ON checkout.instruction (paid_on, instruction_id) WHERE paid_on IS NOT NULL;

-- Every change of an instruction, with what it was after it; seq from 1, no gap. member_id: whose it was then; an order on
-- its way goes with a member who is merged, and its instructions with it. Only ever added to.
CREATE TABLE checkout.instruction_change (
    member_id      uuid        NOT NULL,
    instruction_id uuid        NOT NULL,
    seq            integer     NOT NULL,
    what           text        NOT NULL CHECK (what IN ('asked', 'confirmed', 'failed', 'retried', 'voided', 'undone')),
    state          text        NOT NULL CHECK (state IN ('sent', 'failed', 'confirmed', 'voided')),
    reference      text,
    reason         text,
    changed_at     timestamptz NOT NULL,
    PRIMARY KEY (member_id, instruction_id, seq)
);
CREATE INDEX instruction_change_of ON checkout.instruction_change (instruction_id, seq);

-- What the shop's statements say was charged and given back: each payment by its reference, as it was told last. It is
-- nobody's here until it is held against an instruction. day: the business day of paid_at; fen 0: it was none after all.
CREATE TABLE checkout.payment (
    reference      text        NOT NULL,
    kind           text        NOT NULL CHECK (kind IN ('charge', 'give_back')),
    instruction_id uuid,
    fen            bigint      NOT NULL CHECK (fen >= 0),
    paid_at        timestamptz NOT NULL,
    day            date        NOT NULL,
    version        integer     NOT NULL CHECK (version > 0),
    told_at        timestamptz NOT NULL,
    PRIMARY KEY (reference, kind)
) WITH (fillfactor = 90);
CREATE INDEX payment_day ON checkout.payment (day, reference, kind);
CREATE INDEX payment_instruction ON checkout.payment (instruction_id) WHERE instruction_id IS NOT NULL;

-- Each as it was told first and each time it was told otherwise. Only ever added to.
CREATE TABLE checkout.payment_version (
    reference      text        NOT NULL,
    kind           text        NOT NULL,
    version        integer     NOT NULL,
    instruction_id uuid,
    fen            bigint      NOT NULL,
    paid_at        timestamptz NOT NULL,
    day            date        NOT NULL,
    told_at        timestamptz NOT NULL,
    PRIMARY KEY (reference, kind, version)
);

-- A day's statement as a whole. sends: how often the shop sent it, told_at: when last, changed_at: when it last said
-- something new. outcome: what holding it against ours came to when it was last looked at, after its deadline; sends by then
-- in judged_sends.
CREATE TABLE checkout.payment_statement (
    day          date        PRIMARY KEY,
    sends        integer     NOT NULL CHECK (sends >= 0),
    told_at      timestamptz,
    changed_at   timestamptz,
    outcome      text        CHECK (outcome IN ('missing', 'differs', 'agrees')),
    judged_at    timestamptz,
    judged_sends integer     NOT NULL DEFAULT 0,
    CHECK ((sends = 0) = (told_at IS NULL) AND (sends = 0) = (changed_at IS NULL)),
    CHECK ((outcome IS NULL) = (judged_at IS NULL)),
    CHECK (judged_sends BETWEEN 0 AND sends),
    CHECK (outcome IS DISTINCT FROM 'missing' OR judged_sends = 0)
) WITH (fillfactor = 80);

GRANT SELECT, INSERT, UPDATE ON checkout.instruction, checkout.payment, checkout.payment_statement TO huixiang_app;
GRANT SELECT, INSERT ON checkout.instruction_change, checkout.payment_version TO huixiang_app;
GRANT SELECT ON checkout.instruction, checkout.instruction_change, checkout.payment, checkout.payment_version,
    checkout.payment_statement TO huixiang_read;
