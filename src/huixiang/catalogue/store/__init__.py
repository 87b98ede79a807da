"""The catalogue in the database: `upsert` takes rows in, `query` reads."""
