"""Background work of the operations app."""
