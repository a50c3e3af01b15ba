"""The cluster runs: made, compared, looked into and named."""
