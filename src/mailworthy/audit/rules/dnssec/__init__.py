"""Signatures over the zone: DS, DNSKEY and NSEC3 parameters."""
