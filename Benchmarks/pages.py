"""Rows of the web client's start, over a slow line."""

import tempfile
from pathlib import Path

import peers

from browser import Browser, browser_folder

LATENCY_MS, BYTES_A_SECOND = 400, 50_000
VISITS = ("first visit", "second visit")
PAINTED = """
    return performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
"""


def first_words(figures):
    """Seconds until words are on the screen, by Chromium's own clock and throttling."""
    seconds = {visit: [] for visit in VISITS}
    for number in range(figures.rounds):
        folder = browser_folder(Path(tempfile.mkdtemp()), number)
        with peers.box() as box:
            browser = Browser(folder, box.url, speed=1)
            try:
                slow_down(browser.driver)
                for visit in VISITS:
                    seconds[visit].append(open_page(browser))
            finally:
                browser.quit()
    for visit in VISITS:
        figures.note("first words, 400 ms away", visit, seconds[visit], unit="s")


def open_page(browser):
    """Opens the page. Returns the time until its first words, once its service worker is ready."""
    browser.open()
    painted = browser.until(lambda: browser.run(PAINTED), "words")
    browser.wait_for_worker()
    return painted / 1000


def slow_down(driver):
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", {
        "offline": False, "latency": LATENCY_MS, "downloadThroughput": BYTES_A_SECOND,
        "uploadThroughput": BYTES_A_SECOND})
