"""What only a connection, or a look at the machine itself, can tell."""
