"""Processes killed at random, and what is left."""
