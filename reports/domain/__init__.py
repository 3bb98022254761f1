"""Rules and use cases of reporting; knows no request, queue or file format."""
