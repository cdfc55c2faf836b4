"""One folder per kind of device, and the ports they are reached through."""
