"""The demonstration district: the same on every machine, every sentence about a real technology."""
