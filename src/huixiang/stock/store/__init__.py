"""Stock in the database. What is decided under locks is decided in SQL functions (db/migrations/sql/0040_stock.sql)."""
