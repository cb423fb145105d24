"""What servers show of TLS when they are called: versions, certificates, names."""
