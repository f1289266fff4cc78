"""What is known, as data: one thing a file, each with its source. `reader` reads it."""
