"""The encoder: a small pretrained transformer, fine-tuned on the corpus, that reads names and sums in their context."""
