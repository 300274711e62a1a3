"""leadgrade: qualify leads by rule books, and say why."""

__version__ = "0.1.0"
