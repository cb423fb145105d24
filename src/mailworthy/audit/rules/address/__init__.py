"""What kind of addresses the mail hosts have."""
