"""Where runs train other than here: clusters, each with a name in a file of the user's."""
