"""Where reports about TLS go."""
