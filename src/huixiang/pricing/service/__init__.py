"""Use cases of pricing, one file per verb."""
