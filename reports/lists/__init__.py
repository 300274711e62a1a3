"""How lists were read, and what could not be."""
