"""What uncramp decides. Pure: values in, values out; the clock, chance and settings come in as arguments."""
