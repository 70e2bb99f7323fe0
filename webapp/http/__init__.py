"""What every request and answer has: access, headers, language, words, pages' frame, the API document."""
