"""What a request may measure. Everything here is refused by a problem document before any work is done on it."""

BODY_BYTES = 1 << 20
BULK_BODY_BYTES = 8 << 20
BULK_LINE_BYTES = 256 << 10
BULK_LINES = 20_000
HEADER_BYTES = 16 << 10
TARGET_BYTES = 4 << 10
NESTING = 32
INTEGER = (1 << 53) - 1  # beyond this, JSON readers disagree (RFC 8259, 6)
YEARS = (1900, 2199)  # instants and days of the business lie between, with room for time zones
