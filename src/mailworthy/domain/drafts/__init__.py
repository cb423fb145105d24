"""The parts of a drafted intent, each read from published records."""
