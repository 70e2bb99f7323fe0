"""Published figures computed again by engines that share no code with the first."""
