"""What is wrong with a rule book, what its examples say, and what they leave open."""
