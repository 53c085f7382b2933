"""What several pages show: a design, an episode, the 3D view, video."""
