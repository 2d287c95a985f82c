"""What the error rate of a run was shown to be: a random sample, reviewed blind."""
