"""What members compete for: caps of promotions, budgets, copies of coupons, slots; who has which part of it."""
