"""What a questionnaire is, and how a conversation moves through it.

Pure: no clock, no input or output, no randomness, no async. Time and language are passed in.
`model` holds the nouns, `kinds` the question kinds, `flow.step` the one rule that moves a session,
`logic` the XPath conditions of XLSForm, `xlsform` turns a sheet's cells into a `Survey`.
"""
