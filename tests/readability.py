"""How many years of school a text needs.

Flesch-Kincaid grade (Kincaid and others 1975, Derivation of new readability formulas for Navy enlisted
personnel): 0.39 words a sentence + 11.8 syllables a word - 15.59. Syllables are counted as groups of vowels,
a silent e at the end left out, which counts rather too many than too few.
"""

from __future__ import annotations

import re


def syllables(word: str) -> int:
    """At least one. `muscle` has 2, `stretch` 1, `gentle` 2, `hurt` 1."""
    word = re.sub(r"[^a-z]", "", word.lower())
    if re.search(r"[^aeiouyl]e$|[aeiouy]le$", word):
        word = word[:-1]
    elif re.search(r"[^aeiouytd]ed$|[^aeiouyscxz]es$", word):
        word = word[:-2]
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of `text`."""
    words = re.findall(r"[A-Za-z][A-Za-z'-]*", text)
    sentences = max(1, len([part for part in re.split(r"[.!?:;]+(?:\s|$)", text) if part.strip()]))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
