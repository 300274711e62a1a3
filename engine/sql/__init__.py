"""A rule book as one SQL statement: the compiler from the typed model to SQLGlot expressions."""
