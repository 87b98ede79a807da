"""Coupons that members hold, as facts."""
