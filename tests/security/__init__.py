"""Attacks on the whole program, by the rows of SECURITY.md. Each test names its row.

The short forms run in `make test`, the long ones in `make faults` (see tests/faults/figures.py). What concerns one
module stands in that module's own tests.
"""
