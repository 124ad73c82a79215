"""Adaptation: a classifier of labelled source images made to suit unlabelled target ones. One method a file."""
