"""The command line: each verb in a file of its own parses, makes one call, and prints."""
