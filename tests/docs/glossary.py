"""``python -m tests.docs.glossary``: write the pages of the glossary anew."""

from simulator.words.glossary import page
from tests.words.catalogue import ROOT
from tests.words.test_glossary import PAGES

if __name__ == "__main__":
    for language, name in PAGES.items():
        (ROOT / name).write_text(page(language), encoding="utf-8")
