"""Kafka; wired by entry."""
