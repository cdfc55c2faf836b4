"""A control centre: a simulator for developers, and a reference for integrators."""
