"""The name with which a mail host introduces itself."""
