"""The demonstration: one synthetic year played through the real domain functions, in the order of time.

Everything it makes is marked as demonstration data; nothing about a real year is invented here.
"""
