"""Who gets through which door: every address of the site, every method, every role.

`matrix.txt` is the table, `doors.py` finds the doors in the URLconf, `world.py` builds what stands behind them,
`bodies.py` says what is sent. A door or a method that the table does not list fails the build.
"""
