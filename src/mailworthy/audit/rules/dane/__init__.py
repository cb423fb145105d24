"""TLS keys of mail hosts in DNS: TLSA records."""
