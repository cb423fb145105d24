"""What servers say when they are called: greeting, extensions, who may send."""
