"""Facts and a rule book -> decisions: one model, several backends, and the explanation."""
