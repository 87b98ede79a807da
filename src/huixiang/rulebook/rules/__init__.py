"""Decisions of the rulebook: `documents` (form, hash, shape), `difference`."""
