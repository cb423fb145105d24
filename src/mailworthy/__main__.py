"""`python -m mailworthy`."""

from mailworthy.cli import main

main()
