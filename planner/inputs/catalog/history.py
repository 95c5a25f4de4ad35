"""The market as it was known on a day: rows that hold, and those in `replaced.csv` and `replaced_hosted.csv` that held then."""

REPLACED, REPLACED_HOSTED = "replaced.csv", "replaced_hosted.csv"
NEWER = "a newer observation of the same contract"
NEWER_HOSTED = "a newer price of the same model at the same seller"
REFUTED = ("wrong by its seller's own page", "a price that cannot be trusted")
