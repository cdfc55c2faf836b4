"""What the benchmarks of plates share; nothing here is run by itself."""
