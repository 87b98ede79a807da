"""What the business comes to: sums kept as events come in, and what a screen reads of them."""
