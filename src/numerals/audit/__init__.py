"""The error rate of a run: sampling plan, blind review, statement."""
