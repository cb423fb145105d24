"""Reports by LMTP, which a mail server speaks to those that keep mail (RFC 2033).

Each mail is answered when it has been stored for certain, so that the mail server keeps what we
could not. Written here rather than taken from a library: every mail has an answer for each of its
recipients, and no line of a client's fills the memory.
"""
