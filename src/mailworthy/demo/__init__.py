"""The whole story on a made-up domain, with no network."""
