"""MTA-STS (RFC 8461): the TXT record and the policy file."""
