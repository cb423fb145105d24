"""DKIM: the public keys that signatures are checked with."""
