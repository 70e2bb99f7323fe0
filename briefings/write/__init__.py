"""A resolved briefing written: slides, Word, paper, web page."""
