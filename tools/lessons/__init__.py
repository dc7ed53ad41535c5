"""Makes the Korean and the English notebooks of each lesson from its one bilingual source."""
