"""What Blender keeps for Simreal: properties derived from the factors, preferences, the command, and running jobs."""
