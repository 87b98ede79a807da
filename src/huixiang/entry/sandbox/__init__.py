"""Stand-ins for outside services, for machines without the internet: processes of their own with books of their own.

Production refuses to be led to one.
"""
