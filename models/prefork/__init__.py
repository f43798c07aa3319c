"""Forked workers, each serving one connection from accept to close."""
