"""Tests of what leaves the node."""
