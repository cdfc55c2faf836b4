"""What countries' plates look like as text: a table each, what fits it, and why."""
