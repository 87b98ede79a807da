"""What the program stands on: database, outbox, idempotency, jobs, cache, servers, settings, telemetry, the HTTP edge."""
