"""`sipas doctor`: what an operator should know, one function a check, all of them in `table.CHECKS`.

A check reads and never changes anything: it works beside a running program and without one. What it says is one
`Finding` a line, in plain words, with the mend; no finding holds a secret, an answer or an address.
"""
