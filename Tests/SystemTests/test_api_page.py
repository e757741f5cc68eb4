"""The page at /api-docs/, in a real browser."""

import shutil

import pytest
from selenium.webdriver.common.by import By

from programs import CHECKOUT

PAGE_POLICY = "style-src 'self' 'unsafe-inline'"
FRONTEND = CHECKOUT / "Sources" / "Frontend"


def expand(browser, operation):
    block = f"#operations-{operation}"
    browser.click(f"{block} .opblock-summary-control")
    browser.click(f"{block} .try-out__btn")
    return block


def execute(browser, block):
    """Presses Execute; the address that was asked and answered 200."""
    button = f"{block} .execute"
    browser.see(button)
    browser.run("arguments[0].click()", browser.find(button))
    browser.see(f"{block} .live-responses-table .response-col_status", "200")
    return browser.find(f"{block} .request-url").text


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_try_it_out_logs_in_and_the_token_opens_the_rest(box, open_browser, prefix):
    box.client().register("budi", "hujan bulan juni")
    browser = open_browser(box).open(f"{prefix}/api-docs/")
    browser.see(".title", "WhatsApp KW")
    asked = execute(browser, expand(browser, "auth-logIn"))
    assert asked.endswith(f"{box.url}{prefix}/auth/login")
    # Without the cookie only the token can open anything.
    me = box.client().login("budi", "hujan bulan juni").json()
    browser.driver.delete_all_cookies()
    browser.click(".auth-wrapper .authorize")
    browser.find(".auth-container input").send_keys(me["token"])
    browser.find(".auth-btn-wrapper .authorize").click()
    browser.click(".auth-btn-wrapper .btn-done")
    block = expand(browser, "friends-listFriends")
    for row in browser.all(f"{block} .parameters tr[data-param-name]"):
        entry = row.find_element(By.CSS_SELECTOR, "input")
        entry.clear()
        if row.get_attribute("data-param-name") == "userId":
            entry.send_keys(me["id"])
    assert execute(browser, block).endswith(f"{box.url}{prefix}/friends/{me['id']}")
    browser.screenshot("api-docs")


def test_the_prefix_alone_leads_to_the_client(client):
    answer = client.get("/api")
    assert answer.url == f"{client.url}/api/" and answer.status_code == 200
    assert answer.history[0].headers["Location"] == "api/"
    assert "WhatsApp KW" in answer.text


def test_the_short_address_leads_to_the_page(client):
    for prefix in ("", "/api"):
        answer = client.get(f"{prefix}/api-docs")
        assert answer.url.endswith(f"{prefix}/api-docs/")
        assert answer.history[0].headers["Location"] == "api-docs/"
        assert "api-docs.json" in answer.text


def test_only_that_page_has_the_looser_policy(client):
    for path in ("/api-docs/", "/api/api-docs/", "/api-docs/page.js"):
        assert PAGE_POLICY in client.get(path).headers["Content-Security-Policy"]
    for path in ("/", "/api/", "/index.html", "/api-docs.json", "/healthz"):
        assert "unsafe" not in client.get(path).headers["Content-Security-Policy"]


def test_swagger_ui_comes_with_its_licence(client):
    for name in ("LICENSE", "swagger-ui-bundle.js.LICENSE.txt"):
        assert "Apache License" in client.get(f"/api-docs/swagger-ui/{name}").text


def test_without_swagger_ui_the_page_says_so(new_box, open_browser, tmp_path):
    bare = tmp_path / "public"
    shutil.copytree(FRONTEND, bare, ignore=shutil.ignore_patterns("swagger-ui"))
    box = new_box(f"--public={bare}").start()
    browser = open_browser(box).open("/api-docs/")
    browser.see("#without", "script/swagger-ui")
    browser.click("#page a")
    browser.until(lambda: "openapi" in browser.body_text(), "the document")
    # The missing files are missing on purpose.
    browser.driver.get_log("browser")
