"""Maps and figures on paper, slides and web pages: pictures, decks, documents, packs."""
