"""What the program stands on: database, outbox, idempotency, queue, cache, servers, settings, telemetry, HTTP edge."""
