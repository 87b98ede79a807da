"""SQL of coupons, one file per topic."""
