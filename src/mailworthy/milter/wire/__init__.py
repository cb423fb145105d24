"""The milter protocol as octets: what a mail server says and what it is answered. No I/O."""
