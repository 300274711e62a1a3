"""What a rule book says: the YAML books, the language, its checks. Imports nothing of ours."""
