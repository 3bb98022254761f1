"""Rules and use cases of planning and returns; knows no request, queue or file format."""
