"""Pure values and arithmetic that every module shares. No I/O, nothing but the standard library and msgspec."""
