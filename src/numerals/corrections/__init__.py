"""What people confirmed and corrected, as data."""
