"""The same application as app.py with FastAPI.

    AUTH_URL=http://localhost:8080 APP_URL=http://localhost:3000 python3 -m uvicorn fastapi_app:app --port 3000
"""

import html
import os
from typing import Optional
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse

from aiwfe_auth import AskStatus, Assertions, Client, First, Identity, Login
from aiwfe_auth.fastapi import current_user, optional_user, require_role, require_scope, setup, verified_by

SERVER = os.environ.get("AUTH_URL", "http://localhost:8080")
APP = os.environ.get("APP_URL", "http://localhost:3000")
client = Client(SERVER)
asks, host = AskStatus(client), urlsplit(APP).hostname
behind, both = Assertions(client, audience=host), Assertions(client, audience=host, revocation=asks)

app = FastAPI()
setup(app, First(behind, asks), login=Login(SERVER, APP))


def hello(who: Optional[Identity]) -> HTMLResponse:
    said = (
        f'<h1>Hello {html.escape(who.email)}</h1><p id="id">{html.escape(who.id)}</p>'
        if who
        else "<h1>Hello stranger</h1>"
    )
    page = (
        f'<!doctype html><html lang="en"><title>Example</title>{said}<a href="/asks">For who is signed in</a></html>\n'
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


@app.get("/")
def root(who: Optional[Identity] = Depends(optional_user)) -> HTMLResponse:
    return hello(who)


@app.get("/asks")
def asked(who: Identity = Depends(current_user)) -> HTMLResponse:
    return hello(who)


@app.get("/behind")
def came_through(who: Identity = Depends(verified_by(behind))) -> HTMLResponse:
    return hello(who)


@app.get("/both")
def asked_after(who: Identity = Depends(verified_by(both))) -> HTMLResponse:
    return hello(who)


@app.get("/admin")
def admin(who: Identity = Depends(require_role("admin"))) -> HTMLResponse:
    return hello(who)


@app.post("/notes")
def note(who: Identity = Depends(require_scope("write"))) -> HTMLResponse:
    return hello(who)
