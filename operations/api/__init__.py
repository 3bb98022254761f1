"""Programming interface of the operations app."""
