"""The engine: pure. `compile` makes a rule set of a document once; `engine.price` prices a basket by it."""
