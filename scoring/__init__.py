"""From counts and moments to figures people may read.

Pure: no clock, no input or output, no randomness, no async. Dates are passed in.
Counts add; scores never do. `index` makes percentages in one place, and suppression happens there.
SQL sums; pandas (in `frame`) only reshapes.
`gaming` asks whether citizens gave the answers, and `grade` how far a score may be trusted; neither changes a count.
"""
