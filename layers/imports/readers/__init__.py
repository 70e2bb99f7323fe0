"""How each kind of file is read: what it holds, before anything is decided."""
