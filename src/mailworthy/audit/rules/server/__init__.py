"""Rules about the mail server itself: its settings, keys, certificates and addresses."""
