"""A milter: judges mail while the mail server still holds the door (protocol 6)."""
