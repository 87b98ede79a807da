"""Paid memberships, as facts: what plans there are, and who has which."""
