"""SMTP TLS reporting (RFC 8460): the TXT record."""
