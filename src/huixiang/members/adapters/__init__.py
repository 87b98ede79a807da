"""Implementations of what members needs from outside; wired by entry."""
