"""Providers of the channels; wired by entry."""
