"""What reports say, as values: each function asks a store and returns one frozen answer."""
