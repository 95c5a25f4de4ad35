"""Answers to the figures this project was created from, one function a figure."""
