"""Training: loaders, backbones, augmentation, the training loop, evaluation and export. Needs torch."""
