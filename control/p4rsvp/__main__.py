"""`python -m p4rsvp`: the command line, where the script is not on the PATH."""

from p4rsvp.cli import main

main()
