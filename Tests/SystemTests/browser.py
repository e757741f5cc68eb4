"""Drives headless Chromium browsers as a person would: one process and profile each."""

import shutil
from contextlib import suppress
from pathlib import Path

from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.common import exceptions
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from api import PASSWORD
from page_clock import FASTER
from programs import CHECKOUT

SCREENSHOTS = CHECKOUT / "screenshots"
WAIT_SECONDS = 30
LAPTOP, PHONE = (1280, 800), (390, 800)
SPEED = 5  # how many times faster than real time a page waits
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}

# Collects what the page's policy refused, from before its first script on.
WATCH_POLICY = """
    window.refusals = [];
    addEventListener("securitypolicyviolation", (event) =>
        window.refusals.push(`${event.effectiveDirective} ${event.blockedURI}`));
"""


def start_chromium(folder, size, load, language, arguments=()):
    options = webdriver.ChromeOptions()
    options.page_load_strategy = load
    # The browser's own first page is often loading for 5 s, and its driver waits for it.
    options.add_experimental_option(
        "prefs", {
            "session.restore_on_startup": 4, "session.startup_urls": ["about:blank"],
            "intl.accept_languages": language})
    options.binary_location = shutil.which("chromium")
    for argument in (
            "headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu",
            "disable-background-networking", "disable-component-update", "no-first-run",
            "hide-scrollbars", f"window-size={size[0]},{size[1]}",
            f"user-data-dir={folder}", *arguments):
        options.add_argument(f"--{argument}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    return webdriver.Chrome(options, service)


class Browser:
    """One browser at one server. With `load="none"` it does not wait for whole pages. Its pages'
    timers run `speed` times as fast as real time, so that no test waits for a poll."""

    def __init__(
            self, folder, url, size=LAPTOP, load="normal", speed=SPEED, language="id",
            arguments=()):
        self.url = url
        self.speed = speed
        self.driver = start_chromium(folder, size, load, language, arguments)
        self.prepare_tab()
        self.resize(*size)

    def prepare_tab(self):
        self.before_scripts(WATCH_POLICY)
        if self.speed != 1:
            self.before_scripts(FASTER % {"speed": self.speed})

    def new_tab(self, path):
        """Opens a tab at that path and goes to it; returns its handle."""
        self.driver.switch_to.new_window("tab")
        self.prepare_tab()
        self.open(path)
        return self.tab

    @property
    def tab(self):
        return self.driver.current_window_handle

    def switch_to(self, tab):
        self.driver.switch_to.window(tab)

    def command(self, name, **arguments):
        return self.driver.execute_cdp_cmd(name, arguments)

    def resize(self, width, height, scale=1):
        """The viewport; `scale` is the page zoom, which leaves fewer CSS pixels."""
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width // scale, height=height // scale,
            deviceScaleFactor=scale, mobile=False)

    def prefer(self, **features):
        """Media features, such as `prefers_reduced_motion="reduce"`."""
        self.command("Emulation.setEmulatedMedia", features=[
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()])

    def before_scripts(self, script):
        """Runs a script in every new page before the page's own; returns what ends that."""
        added = self.command("Page.addScriptToEvaluateOnNewDocument", source=script)
        return added["identifier"]

    def refuse_workers(self):
        """From the next page on, every file comes from the network."""
        self.before_scripts("delete Navigator.prototype.serviceWorker;")
        return self

    def wait_for_worker(self):
        """Until the service worker of this page's folder is ready to answer."""
        self.until(lambda: self.driver.execute_async_script("""
            const done = arguments[0];
            navigator.serviceWorker.getRegistration().then((each) => done(Boolean(
                each?.active && each.scope === new URL(".", document.baseURI).href)));
            """), "the worker")

    def forget_script(self, identifier):
        self.command("Page.removeScriptToEvaluateOnNewDocument", identifier=identifier)

    def offline(self, is_offline):
        self.driver.set_network_conditions(
            offline=is_offline, latency=0, throughput=-1) if is_offline else \
            self.driver.delete_network_conditions()

    def open(self, path="/"):
        self.driver.get(self.url + path)
        return self

    def reload(self):
        self.driver.refresh()

    # Looking

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def draft(self):
        """The text in the composer."""
        return self.run("return document.getElementById('message').value")

    def focused(self):
        """The id of the element with the focus."""
        return self.run("return document.activeElement.id")

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def until(self, condition, what):
        try:
            wait = WebDriverWait(self.driver, WAIT_SECONDS, poll_frequency=0.05)
            return wait.until(lambda _: condition())
        except exceptions.TimeoutException:
            raise exceptions.TimeoutException(
                f"waited for {what}; the page says:\n{self.body_text()}") from None

    def body_text(self):
        return self.run("return document.body?.innerText")

    def see(self, selector, text=None):
        """Waits until that is visible, with that text in it."""
        script = """
            return [...document.querySelectorAll(arguments[0])].some((node) =>
                node.checkVisibility() && (arguments[1] === null
                    || node.innerText.includes(arguments[1])))"""
        self.until(lambda: self.run(script, selector, text), f"{selector} {text or ''}")

    def not_see(self, selector):
        script = """
            return [...document.querySelectorAll(arguments[0])].every(
                (node) => !node.checkVisibility())"""
        self.until(lambda: self.run(script, selector), f"no {selector}")

    def texts(self, selector):
        return self.run("""
            return [...document.querySelectorAll(arguments[0])].map((node) => node.textContent)
            """, selector)

    def messages(self):
        """The texts in the conversation, as they stand in the page."""
        return self.texts("#rows .text")

    def sent(self):
        """The texts that the server has acknowledged."""
        return self.texts("#rows .sent .text")

    def screenshot(self, name):
        SCREENSHOTS.mkdir(exist_ok=True)
        self.driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))

    def violations(self):
        """The violations that axe-core finds, one line a rule."""
        found = Axe().run(self.driver, options=AXE_RULES)["violations"]
        return [
            f"{rule['id']}: {[node['html'][:120] for node in rule['nodes'][:3]]}" for rule in found]

    def complaints(self, network=False):
        """The errors and warnings in the console, and what the policy refused."""
        console = [
            entry["message"] for entry in self.driver.get_log("browser")
            if entry["level"] in ("SEVERE", "WARNING")
            and (network or entry["source"] != "network")]
        return console + (self.run("return window.refusals") or [])

    # Doing

    def click(self, selector):
        self.see(selector)
        try:
            self.find(selector).click()
        except exceptions.StaleElementReferenceException:  # drawn anew since it was found
            self.find(selector).click()

    def retry(self):
        """Clicks at a message that was not sent, unless the page sends it by itself meanwhile."""
        with suppress(exceptions.NoSuchElementException, exceptions.StaleElementReferenceException):
            self.find("#rows .trouble button[data-action='retry']").click()

    def fill(self, selector, text):
        self.see(selector)
        node = self.find(selector)
        node.clear()
        node.send_keys(text)

    def press(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def type(self, text):
        """Types into the composer; a line break is Shift+Enter."""
        for index, line in enumerate(text.split("\n")):
            if index:
                self.find("#message").send_keys(Keys.SHIFT, Keys.ENTER, Keys.NULL)
            self.find("#message").send_keys(line)

    def paste(self, text):
        """Sets a text that keys cannot type."""
        self.run("""
            const entry = document.getElementById("message");
            entry.value = arguments[0];
            entry.dispatchEvent(new Event("input"));
            """, text)

    def register(self, username, password=PASSWORD):
        self.open("/#register")
        self.fill("#register-username", username)
        self.fill("#register-password", password)
        self.click("#register-form .primary")
        self.see("#dashboard")

    def login(self, username, password=PASSWORD):
        self.fill("#login-username", username)
        self.fill("#login-password", password)
        self.click("#login-form .primary")

    def enter(self, person):
        """Logs in by storing the session, without the form."""
        self.open("/")
        self.run("""
            localStorage.setItem("whatsapp-kw.session", JSON.stringify(arguments[0]));
            """, {"id": person.id, "username": person.username, "token": person.token})
        self.reload()
        self.see("#dashboard")
        return self

    def befriend(self, username):
        self.click("#open-add-friend")
        self.fill("#add-friend-username", username)
        self.click("#add-friend-form .primary")

    def open_settings(self, section):
        self.click("#open-settings")
        self.click(f"#settings-tab-{section}")

    def open_chat(self, username):
        self.see(".contact .name", username)
        for row in self.all(".contact"):
            if username in row.text:
                row.click()
                break
        self.see("#chat-name", username)

    def enter_chat(self, person, friend):
        """Logs in and opens the conversation with that friend."""
        self.enter(person)
        self.open_chat(friend.username)
        return self

    def write(self, text):
        self.type(text)
        self.press(Keys.ENTER)

    def quit(self):
        self.driver.quit()


def browser_folder(tmp_path, number):
    folder = Path(tmp_path) / f"browser{number}"
    folder.mkdir()
    return folder
