"""The zone as a whole, and what the intent wants in it."""
