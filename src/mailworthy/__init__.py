"""Mailworthy: DNS and deliverability for self-hosted mail."""
