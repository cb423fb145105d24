"""X.509 certificates as servers show them (RFC 5280, RFC 9525)."""

from mailworthy.certificate.cover import covers
from mailworthy.certificate.read import Certificate, KeyType, read

__all__ = ["Certificate", "KeyType", "covers", "read"]
