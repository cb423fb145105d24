"""The promise of TLS by MTA-STS: its record, its host and its policy file."""
