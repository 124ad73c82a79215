"""What a data set is: factors, distributions, designs, and the images they define.

Pure Python and NumPy; no bpy, no torch.
"""
