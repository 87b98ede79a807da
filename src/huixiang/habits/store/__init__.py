"""SQL of habits."""
