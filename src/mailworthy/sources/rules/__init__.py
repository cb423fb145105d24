"""The rules by which sources are judged, a module for each class that they speak for."""
