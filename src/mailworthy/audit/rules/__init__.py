"""One folder a family, one file a rule; a rule's id is its path."""
