"""What a questionnaire is, and how a conversation moves through it.

Pure: no clock, no input or output, no randomness, no async. Time and language are passed in.
`model` holds the nouns, `kinds` the question kinds, `flow.step` the one rule that moves a session, `screens` what is
shown for one, `saved` its JSON. `logic` says which questions apply (`xpath` and `compiled` are its two halves).
`xlsform` turns a sheet's cells into a `Survey` or its faults; `sheet` and `markdown` give the cells.
"""
