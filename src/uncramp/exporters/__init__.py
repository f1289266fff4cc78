"""Files out: one module a format, each given plain data and giving back bytes."""
