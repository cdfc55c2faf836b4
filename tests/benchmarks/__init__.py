"""Speed and memory, as tables and JSON; never as timed asserts."""
