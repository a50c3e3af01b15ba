"""The timeline: how many images were taken when."""
