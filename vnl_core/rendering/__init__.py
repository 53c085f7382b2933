"""Pictures of a scene: the choice of OpenGL, the one thread that uses it, cameras and video.

Importing this package imports neither MuJoCo nor OpenGL, so `gl.choose` can come first.
"""
