"""Huixiang: membership and loyalty for fresh-grocery and chain retail."""

__version__ = "0.1.0"
