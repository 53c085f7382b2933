"""What runs, rollouts and videos leave on disk, and how it is read. No processes, no JAX."""
