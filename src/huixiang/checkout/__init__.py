"""Checkout: orders from quote to refund. Orders priced elsewhere are posted as they are (CHK-07)."""
