"""`python -m uncramp` is the command `uncramp`."""

from uncramp.cli import main

main()
