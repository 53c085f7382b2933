"""Run directories: what a training run leaves on disk, its status, and its launcher. No JAX."""
