"""placeholder while the command line is built."""
