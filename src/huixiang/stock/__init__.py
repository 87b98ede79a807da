"""What members compete for: flash stock, budgets, slots, the first hundred, codes; who has which part of it."""
