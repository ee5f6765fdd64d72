"""An invented practice to try the product with, and to measure it.

The same seed and date make the same people, hours and sessions; what has become of a
session, and which messages have gone out, is as it would be at the moment of loading.
"""
