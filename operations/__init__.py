"""Planning and returns: users, access, plans, returns, totals, audit, background work."""
