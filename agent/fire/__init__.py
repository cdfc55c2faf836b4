"""Watches for fire: register, background, detect, confirm, locate, follow; what can be seen."""
