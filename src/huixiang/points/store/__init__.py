"""SQL of the ledger: `accounts`, `lots` (and open holds), `postings`, `due`, `reads`, `walk`."""
