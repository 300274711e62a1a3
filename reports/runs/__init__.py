"""A run as a whole: summary, work list, files, figures by grade and class."""
