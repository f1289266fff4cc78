"""Record what guided relief says: `make voice`. Needs espeak-ng and lame; nothing that is shipped does.

Only texts without a recording are recorded, and recordings without a text are removed. With --all every one
is made anew.
"""

from __future__ import annotations

import array
import json
import shutil
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

from uncramp.actions import voice

FOLDER = Path(__file__).parents[1] / "src/uncramp/web" / voice.FOLDER
# Slow and low, for somebody in pain: about 145 words a minute.
SPEAK = ("espeak-ng", "-v", "en-gb", "-s", "145", "-p", "40")
# One channel, about 20 kbit/s; `-t` leaves out what would differ from machine to machine.
PRESS = ("lame", "--silent", "-t", "-m", "m", "--abr", "20", "--resample", "16", "-q", "2")
LOUDEST = 0.8
"""Of full scale; what lame adds when it rounds stays below 1."""
SILENCE = 0.01
PAUSE_S = 0.1
"""What stays of the silence at the end."""


def main() -> None:
    missing = [name for name in (SPEAK[0], PRESS[0]) if shutil.which(name) is None]
    if missing:
        sys.exit(f"Install {' and '.join(missing)} first (Debian, Ubuntu: apt install espeak-ng lame).")
    FOLDER.mkdir(parents=True, exist_ok=True)
    files = {text: voice.file_of(text) for text in voice.texts()}
    for old in FOLDER.glob("*.mp3"):
        if old.name not in files.values() or "--all" in sys.argv:
            old.unlink()
    for text, name in files.items():
        if not (FOLDER / name).exists():
            record(text, FOLDER / name)
            print(name, text)
    index = json.dumps(files, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (FOLDER / "index.json").write_text(index, encoding="utf-8")
    size = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{len(files)} recordings, {size / 1e6:.2f} MB")


def record(text: str, path: Path) -> None:
    """Speak `text` into `path`, as loud as all the others; stop where nothing is to be heard."""
    with tempfile.TemporaryDirectory() as folder:
        spoken = Path(folder) / "spoken.wav"
        subprocess.run([*SPEAK, "-w", str(spoken)], input=text, text=True, check=True)
        peak = trimmed(spoken)
        if peak < SILENCE:
            sys.exit(f"Nothing was said: {text!r}")
        subprocess.run([*PRESS, "--scale", f"{LOUDEST / peak:.4f}", str(spoken), str(path)], check=True)


def trimmed(spoken: Path) -> float:
    """Take away the silence at the end of 16-bit sound; give its loudest moment as a part of full scale."""
    with wave.open(str(spoken)) as sound:
        form = sound.getparams()
        samples = array.array("h", sound.readframes(sound.getnframes()))
    loud = [at for at, sample in enumerate(samples) if abs(sample) > SILENCE * 32768]
    with wave.open(str(spoken), "wb") as sound:
        sound.setparams(form)
        sound.writeframes(samples[: max(loud, default=0) + int(PAUSE_S * form.framerate)].tobytes())
    return max(map(abs, samples), default=0) / 32768


if __name__ == "__main__":
    main()
