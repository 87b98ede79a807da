"""Bulk grants: points, coupons and benefits for many members at once, previewed, approved, carried out, undone."""
