"""Reports in a mailbox that is reached by IMAP (RFC 9051, RFC 3501), which other mail may share.

A client of our own, because of what intake needs: nothing that the server sends is taken without
a bound, neither in size nor in time; mail that is not ours is not touched, not even by an EXPUNGE
of what its user has marked; and octets come as they are, since signatures cover them.
"""
