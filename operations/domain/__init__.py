"""Use cases and rules of the operation. Knows no HTTP, no queue and no file format."""
