"""A real message, followed: through the log of the server that sends it, to where it landed."""
