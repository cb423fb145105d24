"""Asking the world: questions, answers, and the resolvers that turn one into the other."""
