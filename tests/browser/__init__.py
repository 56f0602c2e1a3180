"""Tests of what a learner sees, in real JupyterLab and real Chromium; `lab` holds the tools."""
