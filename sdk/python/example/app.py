"""A small application whose people sign in with aiwfe-auth, on the standard library's server.

    AUTH_URL=http://localhost:8080 APP_URL=http://localhost:3000 python3 app.py

Its pages: / for everybody, /asks for who is signed in, by asking the server; /behind for who comes through the gateway
or forward-auth, by the signed header; /both for who does, and whose session the server is asked after, too; /admin for
administrators; POST /notes for whoever may write.
"""

from __future__ import annotations

import html
import os
from socketserver import ThreadingMixIn
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIServer, make_server

from aiwfe_auth import AskStatus, Assertions, Client, First, Login
from aiwfe_auth.wsgi import Optional, Require, identity

SERVER = os.environ.get("AUTH_URL", "http://localhost:8080")
APP = os.environ.get("APP_URL", "http://localhost:3000")
LISTEN = os.environ.get("LISTEN_ADDR", "127.0.0.1:3000")


def hello(environ, start_response):
    """A page that says who it is."""
    who = identity(environ)
    said = (
        f'<h1>Hello {html.escape(who.email)}</h1><p id="id">{html.escape(who.id)}</p>'
        if who
        else "<h1>Hello stranger</h1>"
    )
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")])
    return [
        f'<!doctype html><html lang="en"><title>Example</title>{said}<a href="/asks">For who is signed in</a></html>\n'.encode()
    ]


def nothing(_environ, start_response):
    """What is not there."""
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"There is nothing here.\n"]


def application():
    """The pages, each behind its guard."""
    client = Client(SERVER)
    asks, host = AskStatus(client), urlsplit(APP).hostname
    behind, both = Assertions(client, audience=host), Assertions(client, audience=host, revocation=asks)
    pages = {
        ("GET", "/"): Optional(hello, First(behind, asks)),
        ("GET", "/asks"): Require(hello, asks, login=Login(SERVER, APP)),
        ("GET", "/behind"): Require(hello, behind),
        ("GET", "/both"): Require(hello, both),
        ("GET", "/admin"): Require(hello, asks, role="admin"),
        ("POST", "/notes"): Require(hello, asks, scopes=["write"]),
    }
    return lambda environ, start: pages.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]), nothing)(environ, start)


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each connection."""

    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    host, _, port = LISTEN.rpartition(":")
    with make_server(host, int(port), application(), server_class=Server) as server:
        print(f"listening on {LISTEN}, people sign in at {SERVER}", flush=True)
        server.serve_forever()
