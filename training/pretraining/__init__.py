"""Self-supervised pre-training: a backbone learns from two views of each image, with or without labels beside."""
