"""Why a lead has its grade: as text, as data, and as a web page."""
