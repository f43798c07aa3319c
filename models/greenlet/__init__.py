"""Greenlets on gevent's hub."""
