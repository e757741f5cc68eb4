"""English beside Indonesian: the same words in both, by the browser's language or by choice."""

import re

import pytest

from programs import CHECKOUT

FRONTEND = CHECKOUT / "Sources" / "Frontend"
SHAPES = """
    const done = arguments[arguments.length - 1];
    const shape = (words, path = "") => Object.entries(words).flatMap(([name, value]) =>
        typeof value === "object" ? shape(value, `${path}${name}.`)
            : [`${path}${name} ${typeof value}`]);
    Promise.all(["id", "en"].map((name) => import(`./js/words/${name}.js`)))
        .then((all) => done(all.map(({ words }) => shape(words))));
"""
EMOJI = """
    const done = arguments[arguments.length - 1];
    Promise.all(["emojiId", "emojiEn"].map((name) => import(`./js/words/${name}.js`)))
        .then((all) => done(all.map(({ emoji }) => emoji.map(([group, text]) => [
            group, text.split(",").map((each) => each.trim().split(/\\s+/)[0])]))));
"""


def test_both_languages_have_the_same_words(open_browser, shared_box):
    page = open_browser(shared_box).open()
    indonesian, english = map(set, page.driver.execute_async_script(SHAPES))
    assert indonesian - english == set()
    # The server's own sentences are Indonesian, so that English alone has one for each code.
    assert {each for each in english - indonesian if not each.startswith("fault.")} == set()


def test_both_languages_name_the_same_emoji(open_browser, shared_box):
    page = open_browser(shared_box).open()
    indonesian, english = page.driver.execute_async_script(EMOJI)
    assert indonesian == english
    assert sum(len(group) for _, group in english) > 500


def test_every_code_of_the_server_has_an_english_sentence():
    words = (FRONTEND / "js" / "words" / "en.js").read_text()
    known = set(re.findall(r"^ {8}(\w+): ", words, re.MULTILINE))
    shown = {"bad_credentials", "weak_password", "message_too_long", "not_friends", "id_reused"}
    assert shown <= known


@pytest.mark.parametrize("language, sentence", [
    ("id", "Belum punya akun? Daftar di sini"), ("id-ID,en", "Belum punya akun? Daftar di sini"),
    ("jv", "Belum punya akun? Daftar di sini"), ("en-US", "No account yet? Register here"),
    ("de,id", "No account yet? Register here"),
])
def test_the_browser_s_language_decides_until_a_person_does(
        open_browser, shared_box, language, sentence):
    page = open_browser(shared_box, language=language).open()
    page.see("#login", sentence)
    spoken = page.run("return document.documentElement.lang")
    assert spoken == ("id" if "Belum" in sentence else "en")


def test_a_chosen_language_lasts_and_keeps_what_was_typed(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.type("belum selesai")
    page.click("#open-settings")
    page.click("#settings-tab-look")
    page.click("#language input[value='en']")
    page.see("#log-state", "No messages yet")
    assert page.draft() == "belum selesai"
    page.see("#chat-about", "Messages are sealed before they are stored")
    page.click("#open-settings")
    page.click("#settings-tab-look")
    assert page.find("#language input[value='en']").is_selected()
    page.see("#settings-look", "As the system")
    assert page.violations() == []
    page.screenshot("english")
    page.click("#language input[value='system']")
    page.see("#log-state", "Belum ada pesan")


def test_words_stand_in_the_tables_alone():
    """No view has a sentence of its own, in whichever language."""
    for file in [*FRONTEND.glob("js/views/*.js"), *FRONTEND.glob("js/*.js")]:
        code = re.sub(r"/\*.*?\*/|//[^\n]*", "", file.read_text(), flags=re.DOTALL)
        texts = re.findall(r'"([^"\n]*)"', code)
        spoken = [each for each in texts if re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{2,}", each)
                  and not re.search(r"[.#\[]|noopener|row-action", each)]
        assert file.name == "boot.js" or spoken == [], file
