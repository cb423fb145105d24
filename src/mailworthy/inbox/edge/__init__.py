"""What the test inbox does outside this program: it listens, judges, and writes pages."""
