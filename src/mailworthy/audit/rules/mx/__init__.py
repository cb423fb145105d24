"""Where mail for the domain goes."""
