"""The menu of a message: by mouse, by keyboard, by a long press."""

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from browser import PHONE


def at_chat(open_browser, box, people, size=None):
    sari, budi = people("sari", "budi")
    for text in ("pesan satu", "pesan dua", "pesan tiga"):
        budi.send(sari, text)
    page = open_browser(box, size) if size else open_browser(box)
    page.command("Browser.grantPermissions", permissions=["clipboardReadWrite"])
    page.enter_chat(sari, budi)
    page.see("#rows .text", "pesan tiga")
    return page


def copied(page):
    return page.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")


def copy(page):
    """Chooses that in the open menu."""
    page.see("#message-menu [role='menuitem']", "Salin")
    next(item for item in page.all("#message-menu [role='menuitem']")
         if item.text == "Salin").click()


def bubble(page, number):
    return page.all("#rows .bubble")[number]


def test_a_mouse_finds_the_menu_at_the_message(open_browser, people, shared_box):
    page = at_chat(open_browser, shared_box, people)
    button = page.all("#rows .open-menu")[1]
    assert button.value_of_css_property("visibility") == "hidden"
    ActionChains(page.driver).move_to_element(bubble(page, 1)).perform()
    page.until(lambda: button.value_of_css_property("visibility") == "visible", "the button")
    button.click()
    page.see("#message-menu [role='menuitem']", "Salin")
    assert page.violations() == []
    copy(page)
    page.see("#toast", "Pesan disalin")
    page.not_see("#message-menu")
    assert copied(page) == "pesan dua"
    ActionChains(page.driver).move_to_element(bubble(page, 1)).click(button).perform()
    page.see("#message-menu")
    page.click("#search")
    page.not_see("#message-menu")


def test_a_keyboard_walks_the_messages_and_opens_the_menu(open_browser, people, shared_box):
    page = at_chat(open_browser, shared_box, people)
    page.until(lambda: page.focused() == "message", "the focus in the composer")
    focused = "return document.activeElement.textContent"
    page.press(Keys.ARROW_UP)
    assert "pesan tiga" in page.run(focused)
    page.press(Keys.ARROW_UP)
    assert "pesan dua" in page.run(focused)
    page.press(Keys.ENTER)
    page.see("#message-menu [role='menuitem']", "Salin")
    page.press(Keys.ESCAPE)
    page.not_see("#message-menu")
    page.see("#chat")
    assert "pesan dua" in page.run(focused)
    ActionChains(page.driver).key_down(Keys.SHIFT).send_keys(Keys.F10).key_up(Keys.SHIFT).perform()
    page.see("#message-menu")
    page.press(Keys.ARROW_DOWN, Keys.ENTER)
    page.see("#toast", "Pesan disalin")
    assert copied(page) == "pesan dua"
    page.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    page.until(lambda: page.focused() == "message", "back in the composer")
    page.press("masih ", Keys.ARROW_UP, "menulis")
    assert page.draft() == "menulismasih " or page.draft() == "masih menulis"


def touch(page, kind, x=0, y=0):
    points = [{"x": x, "y": y}] if kind != "touchEnd" else []
    page.command("Input.dispatchTouchEvent", type=kind, touchPoints=points)


def test_a_long_press_opens_the_menu_and_a_scroll_does_not(open_browser, people, shared_box):
    page = at_chat(open_browser, shared_box, people, PHONE)
    page.command("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
    page.until(lambda: page.run("return matchMedia('(pointer: coarse)').matches"), "fingers")
    box = bubble(page, 0).rect
    x, y = int(box["x"] + 20), int(box["y"] + 12)
    touch(page, "touchStart", x, y)
    touch(page, "touchMove", x, y - 40)
    page.run("window.begun = performance.now()")
    page.until(lambda: page.run("return performance.now() - window.begun > 700"), "a while")
    assert page.find("#message-menu").get_property("hidden")
    touch(page, "touchEnd")
    touch(page, "touchStart", x, y)
    page.see("#message-menu [role='menuitem']", "Salin")
    touch(page, "touchEnd")
    page.see("#message-menu")
    copy(page)
    page.see("#toast", "Pesan disalin")
    assert copied(page) == "pesan satu"
