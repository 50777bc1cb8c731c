-- Postgres alone has something to do here; SQLite looks references up at hardly any cost.
SELECT 1;
