"""Tests of the exercises: a file each, and of the machinery that checks them."""
