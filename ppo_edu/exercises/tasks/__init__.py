"""One file for each exercise: what is right, the cases it is checked with, and the usual mistakes."""
