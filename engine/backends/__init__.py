"""The backends: each decides a lead by the same book to the same last ledger line."""
