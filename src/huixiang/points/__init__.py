"""The points ledger: accounts, lots, and the append-only journal they are reckoned from."""
