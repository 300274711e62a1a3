"""A rule book for people who read no YAML, and for warehouses."""
