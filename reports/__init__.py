"""Reports: what the headquarters makes of accepted returns, and the documents that leave it."""
