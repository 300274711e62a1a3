"""What is recorded, and the proof that it is as it was."""
