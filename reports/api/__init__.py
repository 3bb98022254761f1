"""Programming interface of the reports app."""
