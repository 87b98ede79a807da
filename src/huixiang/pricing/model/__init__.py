"""Nouns of pricing: `effects` and `rules` (what promotions are), `basket` (what is priced), `priced` (the answer)."""
