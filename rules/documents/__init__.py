"""The shape of a rule book's YAML, key by key, and the schema that editors take from it."""
