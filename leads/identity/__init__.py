"""Who is who: the keys of a lead, rows that are the same lead, and what becomes of them."""
