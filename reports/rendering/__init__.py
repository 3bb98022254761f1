"""Documents from snapshots: PDF, workbooks, data files."""
