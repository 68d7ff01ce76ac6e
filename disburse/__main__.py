"""`python -m disburse`."""

from disburse.cli import main

main()
