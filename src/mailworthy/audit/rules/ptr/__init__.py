"""Reverse DNS: what an address says of itself."""
