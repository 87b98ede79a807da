"""SQL of bulk grants: `bulks`, `recipients`."""
