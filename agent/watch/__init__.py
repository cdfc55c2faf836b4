"""The node watching itself: duty states, health of its parts, the service manager's watchdog."""
