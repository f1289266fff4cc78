"""Numbers only: arrays in, arrays out. It knows nothing of cramps; each function names its paper."""
