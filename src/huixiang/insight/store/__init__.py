"""SQL of insight."""
