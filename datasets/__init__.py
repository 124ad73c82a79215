"""Files of a data set, their metadata, and what is measured on predictions. No bpy, no torch."""
