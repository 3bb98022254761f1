"""Rows that tests start from: plain functions, no magic, one per thing that a test may need."""
