"""The logo beside the mail: BIMI records."""
