"""The offline part as files: a folder that any https host can serve, or one file that opens with no server.

Each page is asked of the application itself, so that a pocket shows what the server shows; then its
addresses are made relative. What needs a server (a check by forms) is done by the phone's own scripts.
"""

from __future__ import annotations

import asyncio
import base64
import html
import json
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Scope

from uncramp.actions import evidence, guide, pictures
from uncramp.actions.check import Refused
from uncramp.actions.library import knowledge
from uncramp.web.app import STATIC, create_app
from uncramp.web.build import build
from uncramp.web.pocket_folder import put, put_all
from uncramp.web.routes import phone

FOLDER, FILE = "pocket", "file"
"""What `data-mode` says of a page, for the scripts."""

CHECK = "/offline-check"
ELSEWHERE = "/about"
"""Where a link leads whose page needs a server."""

POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src {files} data: blob:; "
    "media-src {files} data: blob:; font-src {files}; connect-src {files}; manifest-src {files}; "
    "worker-src {files}; base-uri 'none'; form-action 'none'"
)
NOT_NEEDED = frozenset({"sign_out.js", "doors.css", "sw.js"})

_ADDRESS = re.compile(r'\b(href|src|action|data-check)="(/[^"]*)"')
_SCRIPT = re.compile(r'<script src="/static/([\w-]+\.js)" defer></script>\n?')
_STYLE = re.compile(r'<link rel="stylesheet" href="/static/([\w-]+\.css)">\n?')
_BODY = re.compile(r"<title>(.*?)</title>.*?<body class=\"([^\"]*)\">.*?(<main .*?</main>)", re.DOTALL)


def write(path: Path, country: str = "", pseudo: bool = False) -> tuple[Path, int]:
    """Write a pocket to `path` (one file where it ends in .html, else a folder); where, and its bytes.

    Raise `Refused` for a folder that holds anything else, or a place that cannot be written.
    """
    one_file = path.suffix.lower() in (".html", ".htm")
    try:
        if one_file:
            return path, put(path, single_file(country, pseudo).encode())
        return path, put_all(path, folder(country, pseudo))
    except OSError as error:
        raise Refused(f"{path}: {error.strerror or error}; choose a place that you may write to.") from error


# ---- a folder -----------------------------------------------------------------------------------


def folder(country: str = "", pseudo: bool = False) -> dict[str, bytes]:
    """File name -> content of the whole folder; every html file lies at its top."""
    app = _app(FOLDER, pseudo)
    pages = {_file_of(path): _page(text) for path, text in _asked(app, page_paths(), country).items()}
    files = {name: text.encode() for name, text in pages.items()}
    files |= _static_files() | _pictures() | {"pocket.json": _get(app, "/pocket.json")}
    files["manifest.webmanifest"] = _manifest(app)
    files["sw.js"] = phone.worker_script(_plan(files)).encode()
    return files


def page_paths() -> tuple[str, ...]:
    """Every page that works without a server; the check is the phone's own."""
    guides = [f"/guide/{page.id}" for page in guide.pages()]
    cards = [f"/why/{name}" for name in evidence.ids()]
    return ("/", "/now", "/tonight", CHECK, "/kept", "/guide", *guides, "/why", *cards, "/about", "/pictures")


def _plan(files: Mapping[str, bytes]) -> dict[str, Any]:
    """What the service worker keeps: all of it; of evidence cards and sounds what can be had."""
    pages = sorted(name for name in files if name.endswith(".html"))
    core = ["./", "index.html", "now.html", "check.html", "pocket.json"]
    core += sorted(name for name in files if name.startswith("static/") and name.endswith((".css", ".js")))
    return {
        "version": build(),
        "home": "now.html",
        "pack": None,
        "store": "static/store.js",
        "instead": {},
        "pages": ["./", *pages],
        "core": core,
        "more": sorted(set(files) - set(core)),
    }


def _page(text: str) -> str:
    policy = POLICY.format(scripts="'self'", styles="'self'", files="'self'")
    return _with_policy(_ADDRESS.sub(lambda found: _relative(found, _beside), text), policy)


def _beside(path: str, rest: str) -> str:
    return path.removeprefix("/") if _is_file(path) else _file_of(_known(path)) + rest


def _relative(found: re.Match[str], to: Any) -> str:
    name, address = found.groups()
    path, rest = re.fullmatch(r"([^?#]*)(.*)", address).groups()  # type: ignore[union-attr]
    return f'{name}="{to(path, rest)}"'


def _is_file(path: str) -> bool:
    return bool(re.search(r"\.\w+$", path))


def _known(path: str) -> str:
    path = CHECK if path == "/check" else "/kept" if path == "/history" else path
    return path if path in page_paths() else ELSEWHERE


def _file_of(path: str) -> str:
    """`/guide/why` lies in `guide-why.html`, so that every page has the same relative addresses."""
    return f"{_name_of(path).replace('/', '-') or 'index'}.html"


def _name_of(path: str) -> str:
    return "check" if path == CHECK else path.removeprefix("/")


def _manifest(app: ASGIApp) -> bytes:
    card = json.loads(_get(app, "/manifest.webmanifest"))
    relative = json.dumps(card, ensure_ascii=False).replace('"/static/', '"static/')
    card = json.loads(relative) | {"id": "./", "scope": "./", "start_url": "now.html"}
    for shortcut in card["shortcuts"]:
        shortcut["url"] = shortcut["url"].replace("/now", "now.html")
    return json.dumps(card, ensure_ascii=False, indent=1).encode()


# ---- one file -----------------------------------------------------------------------------------


def single_file(country: str = "", pseudo: bool = False) -> str:
    """All pages in one. A script puts the page that the address names (`#/guide/why`) into the frame.

    The policy names each script and style by its hash, so nothing else can run.
    """
    app = _app(FILE, pseudo)
    asked = _asked(app, page_paths(), country)
    pages = {_name_of(path): _parts(text) for path, text in asked.items()}
    code = {name: _text(name) for page in pages.values() for name in page["scripts"]}
    frame = _ADDRESS.sub(lambda found: _relative(found, _within), _SCRIPT.sub("", asked["/now"]))
    frame = _named_images(frame)
    styles = [_text(name) for name in dict.fromkeys(n for t in asked.values() for n in _STYLE.findall(t))]
    starter = _text("one-file.js")
    hashes = {"scripts": _hashes([starter, *code.values()]), "styles": _hashes(styles)}
    policy = POLICY.format(**hashes, files="'none'").replace("connect-src 'none'", "connect-src data:")
    # Nothing is loaded from anywhere; what is inside has a data address.
    policy = policy.replace("'none' data: blob:", "data: blob:")
    head = "".join(f"<style>{style}</style>\n" for style in styles)
    blocks = {"files": _data_files(), "pages": pages, "code": code}
    data = "".join(_block(name, value) for name, value in blocks.items())
    data += (
        f'<script type="application/json" id="pack">{_safe(_get(app, "/pocket.json").decode())}</script>\n'
    )
    frame = re.sub(r'<link rel="(manifest|apple-touch-icon|icon|stylesheet)"[^>]*>\n?', "", frame)
    frame = frame.replace("</head>", f"{head}</head>").replace(
        "</body>", f"{data}<script>{starter}</script>\n</body>"
    )
    return _with_policy(frame, policy)


def _parts(text: str) -> dict[str, Any]:
    """Of a page: its title, the class of its body, its main part, the scripts it needs."""
    found = _BODY.search(text)
    if found is None:
        raise RuntimeError("a page without a main part")
    main = _ADDRESS.sub(lambda f: _relative(f, _within), found[3])
    return {
        "title": html.unescape(found[1]),
        "body": found[2],
        "main": _named_images(main),
        "scripts": [name for name in _SCRIPT.findall(text) if name not in NOT_NEEDED],
    }


def _named_images(text: str) -> str:
    """Each image named and not yet fetched: its file is inside this one."""
    return re.sub(r'\bsrc="(?=(?:poses|static)/)', 'data-src="', text)


def _within(path: str, rest: str) -> str:
    return path.removeprefix("/") if _is_file(path) else f"#/{_name_of(_known(path))}{rest}"


def _data_files() -> dict[str, str]:
    """Name -> data address. A still picture is made of the moving one by the script, to halve the weight."""
    moving = {name: data for name, data in _pictures().items() if not name.endswith("-still.svg")}
    sounds = {name: data for name, data in _static_files().items() if name.startswith("static/voice/")}
    icon = {"static/icon.svg": (STATIC / "icon.svg").read_bytes()}
    kinds = {".svg": "image/svg+xml", ".mp3": "audio/mpeg", ".json": "application/json"}
    return {
        name: f"data:{kinds[Path(name).suffix]};base64,{base64.b64encode(data).decode()}"
        for name, data in (moving | sounds | icon).items()
    }


def _block(name: str, value: object) -> str:
    data = _safe(json.dumps(value, ensure_ascii=False))
    return f'<script type="application/json" id="{name}">{data}</script>\n'


def _safe(text: str) -> str:
    """JSON that cannot end the element it stands in."""
    return text.replace("<", "\\u003c")


def _hashes(texts: Iterable[str]) -> str:
    found = dict.fromkeys(base64.b64encode(sha256(text.encode()).digest()).decode() for text in texts)
    return " ".join(f"'sha256-{digest}'" for digest in found)


# ---- both ---------------------------------------------------------------------------------------


def _app(mode: str, pseudo: bool) -> ASGIApp:
    app = create_app(pseudo=pseudo)
    app.state.show.mode = mode
    return app


def _asked(app: ASGIApp, paths: Iterable[str], country: str) -> dict[str, str]:
    return {path: _get(app, path, country).decode() for path in paths}


def _get(app: ASGIApp, path: str, country: str = "") -> bytes:
    """What the application answers to a GET."""
    status, body = asyncio.run(_answer(app, path, country))
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return body


async def _answer(app: ASGIApp, path: str, country: str) -> tuple[int, bytes]:
    headers = [(b"host", b"localhost")]
    if country:
        headers.append((b"cookie", f"country={country}".encode()))
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }
    status, body = 0, bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        body.extend(message.get("body", b""))

    await app(scope, receive, send)
    return status, bytes(body)


def _static_files() -> dict[str, bytes]:
    found = [path for path in sorted(STATIC.rglob("*")) if path.is_file() and path.name not in NOT_NEEDED]
    return {f"static/{path.relative_to(STATIC).as_posix()}": path.read_bytes() for path in found}


def _pictures() -> dict[str, bytes]:
    found = {}
    for name in knowledge().poses:
        found[f"poses/{name}.svg"] = pictures.svg(name, moving=True).encode()
        found[f"poses/{name}-still.svg"] = pictures.svg(name, moving=False).encode()
    return found


def _text(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _with_policy(text: str, policy: str) -> str:
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    return text.replace('<meta charset="utf-8">\n', f'<meta charset="utf-8">\n{meta}', 1)
