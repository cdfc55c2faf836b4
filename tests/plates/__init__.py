"""Tests of reading plates."""
