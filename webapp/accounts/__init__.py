"""Who is asking and what they may do: accounts, sessions, rights, links that end."""
