"""About: why to trust the model and why not, what each rule is, and what may not be claimed."""
