"""DANE for SMTP (RFC 7672): TLSA records."""
