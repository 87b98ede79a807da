"""Who may do what, written by hand: what the shipped table has to come to."""

from __future__ import annotations

from huixiang.staff.model import Role

# Rows: permission. Columns: admin, operations, customer_service, analyst, finance, auditor; then whether an account
# that is limited to stores keeps it.
TABLE = """
members:read     x x x - - x  store
members:manage   - - x - - -  -
members:approve  x - x - - -  -
members:export   - x x - - -  -
members:approve_export x - - - - -  -
members:reveal   - - x - - -  store
tiers:set        - - x - - -  -
tiers:approve    x x - - - -  -
points:read      x x x - x x  store
orders:read      x x x - x x  store
orders:settle    - x x - - -  store
refunds:ask      - - x - - -  store
refunds:decide   - x x - - -  store
points:adjust    - - x - - -  store
points:approve   x - - - x -  -
points:approve_large - - - - x -  -
points:export    x - x - x x  -
points:pause     x x - - - -  -
approvals:read   x x x - x x  store
approvals:decide x x x - x -  -
finance:read     x - - - x x  -
payments:settle  x - - - x -  -
insight:read     x x - x x x  -
tills:read       x x x x - x  store
rulebook:read    x x x x x x  store
rulebook:write   - x - - - -  -
rulebook:publish - x - - - -  -
rulebook:approve x x - - x -  -
rulebook:switch  x x - - - -  -
grants:read      x x x - x x  -
grants:write     - x - - - -  -
grants:approve   x - - - x -  -
coupons:read     x x x - x x  store
coupons:give     - - x - - -  store
coupons:batches  - x - - - -  -
coupons:approve  x - - - x -  -
stock:read       x x x x x x  -
catalogue:read   x x x x x x  store
messages:read    x x x - - x  -
messages:sink    x x - - - -  -
staff:read       x - - - - x  -
staff:write      x - - - - -  -
keys:read        x - - - - x  -
keys:write       x - - - - -  -
keys:approve     x - - - - -  -
webhooks:read    x x - - - x  -
webhooks:write   x x - - - -  -
audit:read       x - - - - x  -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [(role, row[0], mark == "x") for row in ROWS for role, mark in zip(Role, row[1:-1], strict=True)]
BY_STORE = frozenset(row[0] for row in ROWS if row[-1] == "store")


def held_by(role: Role) -> frozenset[str]:
    return frozenset(permission for of, permission, held in CELLS if of is role and held)
