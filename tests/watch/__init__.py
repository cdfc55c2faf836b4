"""Tests of agent.watch."""
