"""Privileges, as facts: what benefits there are, who has which, and how much of it is left."""
