"""What a test does outside this program: it sends, follows a log, and reads a mailbox."""
