"""The counts of both programs, on a listener of its own, in Prometheus' text format."""

import re
import socket
import subprocess

import pytest
import requests

from programs import CHECKOUT, eventually, run
from stores import one_line

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? (-?[0-9.e+-]+)")
LABEL = re.compile(r'([a-z_]+)="([^"\\]*)"')


def parse(text):
    """{name: {labels: value}} of a scrape; refuses what the format forbids."""
    assert text.endswith("\n")
    kinds, found, family = {}, {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family, help_text = line[7:].split(" ", 1)
            assert family not in kinds and help_text.endswith("."), line
        elif line.startswith("# TYPE "):
            name, kinds[family] = line[7:].split(" ")
            assert name == family and kinds[family] in ("counter", "gauge", "histogram")
        else:
            name, labels, value = SAMPLE.fullmatch(line).groups()
            suffix = name.removeprefix(family)
            assert name.startswith(family), f"{line} is not below its own name"
            assert suffix in {
                "histogram": ("_bucket", "_sum", "_count")}.get(kinds[family], ("",)), line
            assert (kinds[family] == "counter") == family.endswith("_total"), family
            key = frozenset(LABEL.findall(labels or ""))
            assert LABEL.sub("", labels or "").strip(",") == "", line
            assert key not in found.setdefault(name, {}), f"{line} is there twice"
            found[name][key] = float(value)
    for name, kind in kinds.items():
        if kind == "histogram":
            assert_buckets_add_up(name, found)
    return found


def assert_buckets_add_up(name, found):
    series = {}
    for labels, value in found[f"{name}_bucket"].items():
        rest = frozenset(pair for pair in labels if pair[0] != "le")
        series.setdefault(rest, []).append((float(dict(labels)["le"]), value))
    for labels, buckets in series.items():
        counts = [count for _, count in sorted(buckets)]
        assert counts == sorted(counts) and sorted(buckets)[-1][0] == float("inf"), name
        assert counts[-1] == found[f"{name}_count"][labels], name


def value(found, name, **labels):
    """The sum of the series that have these labels, whatever else they have."""
    return sum(
        value for has, value in found.get(name, {}).items() if has.issuperset(labels.items()))


def metrics_url(program):
    return eventually(
        lambda: re.search(r"metrics at (http://\S+/metrics)", program.log),
        what="metrics").group(1)


def scrape(program):
    answer = requests.get(metrics_url(program), timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return answer.text


@pytest.fixture
def counted(new_box):
    box = new_box("--metrics-port=0", "--auth-attempts=0")
    box.cipher.arguments += ["--metrics-port", "0"]
    return box.start()


def test_what_people_do_is_counted_by_route_and_result(counted):
    budi, sari = counted.friends("budi", "sari")
    for number in range(3):
        budi.send(sari, f"halo {number}")
    sari.history(budi)
    counted.client().login("budi", "bukan kata sandinya")
    found = parse(scrape(counted.core))
    requests_total = "chatcore_http_requests_total"
    assert value(found, requests_total, route="/chat/send", code="200") == 3
    assert value(found, requests_total, route="/auth/login", code="401") == 1
    assert value(found, requests_total, route="/chat/history", code="200") >= 1
    assert value(found, "chatcore_refusals_total", code="bad_credentials") == 1
    duration = "chatcore_http_request_duration_seconds_count"
    assert value(found, duration, route="/chat/send") == 3
    assert value(found, "chatcore_vault_request_duration_seconds_count", operation="encrypt") >= 1
    assert value(found, "chatcore_queue_wait_seconds_count", queue="password") >= 3
    assert sum(found["chatcore_connections"].values()) >= 1
    assert value(found, "process_resident_memory_bytes") > 1 << 20


def test_what_the_data_folder_holds_is_told(counted):
    budi, sari = counted.friends("budi", "sari")
    for number in range(3):
        budi.send(sari, f"halo {number}")
    assert counted.data.is_dir()
    found = parse(scrape(counted.core))
    assert value(found, "chatcore_messages") == 3 and value(found, "chatcore_users") == 2
    assert value(found, "chatcore_commit_group_changes_sum") >= 3
    assert value(found, "chatcore_commit_duration_seconds_sum") > 0
    assert value(found, "chatcore_store_bytes", file="journal") > 0
    assert value(found, "chatcore_store_writable") == 1
    assert 0 < value(found, "chatcore_disk_free_bytes") <= value(found, "chatcore_disk_bytes")


def test_a_poll_that_has_nothing_to_tell_is_counted(counted):
    budi = counted.person("budi")
    tag = budi.api.get(f"/friends/{budi.id}").headers["ETag"]
    again = budi.api.get(f"/friends/{budi.id}", headers={"If-None-Match": tag})
    assert again.status_code == 304
    found = parse(scrape(counted.core))
    name = "chatcore_http_requests_total"
    assert value(found, name, route="/friends/{userId}", code="304") == 1


def test_cipher_counts_texts_and_tells_its_key(counted):
    budi, sari = counted.friends("budi", "sari")
    budi.send(sari, "halo")
    sari.history(budi)
    found = parse(scrape(counted.cipher))
    assert value(found, "cipher_items_total", operation="encrypt", result="done") == 1
    assert value(found, "cipher_items_total", operation="decrypt", result="done") >= 1
    assert value(found, "cipher_http_requests_total", route="/encrypt", code="200") == 1
    assert value(found, "cipher_ready") == 1 and value(found, "cipher_sealed") == 0
    assert value(found, "cipher_key_version") == 1
    assert 1 <= value(found, "cipher_key_seals") < value(found, "cipher_key_seals_max")


def test_an_outage_of_the_vault_is_counted(counted):
    budi, sari = counted.friends("budi", "sari")
    counted.cipher.kill()
    assert budi.try_send(sari, "halo").status_code == 503
    found = parse(scrape(counted.core))
    assert value(
        found, "chatcore_vault_faults_total", operation="encrypt", reason="unavailable") >= 1
    assert value(found, "chatcore_refusals_total", code="vault_unavailable") >= 1


def test_no_metric_names_a_person(counted):
    budi, sari = counted.friends("budi-yang-dicari", "sari-yang-dicari")
    budi.send(sari, "halo")
    counted.client().get(f"/friends/{budi.id}?rahasia=1")
    for program in (counted.core, counted.cipher):
        text = scrape(program)
        for word in (budi.id, sari.id, "yang-dicari", "rahasia"):
            assert word not in text


def test_metrics_are_never_on_the_public_port(counted):
    for url in (counted.core.url, counted.core.url + "/api", counted.cipher.url):
        assert requests.get(f"{url}/metrics", timeout=10).status_code == 404
    for program in (counted.core, counted.cipher):
        url = metrics_url(program)
        assert requests.post(url, timeout=10).status_code == 405
        assert requests.get(url.replace("/metrics", "/healthz"), timeout=10).status_code == 404


def test_without_a_port_nothing_is_listened_on(shared_box):
    for program in (shared_box.core, shared_box.cipher):
        assert "metrics at" not in program.log


@pytest.mark.parametrize("program", ["ChatCore", "Cipher"])
def test_a_taken_port_ends_with_one_line_and_makes_nothing(program, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        variable = f"{program.upper()}_METRICS_PORT"
        (tmp_path / "public").mkdir()
        public = ["--public", "public"] if program == "ChatCore" else []
        said = one_line(run(
            program, "--port", "0", "--log-level", "critical", *public, cwd=tmp_path,
            environment={variable: str(port)}))
        assert str(port) in said and f"--metrics-port ({variable})" in said
        assert not (tmp_path / ".state").exists() and not (tmp_path / "data").exists()


@pytest.mark.parametrize("program", ["ChatCore", "Cipher"])
def test_a_bad_address_or_port_is_named(program, tmp_path):
    start = ["--port", "0", "--log-level", "critical"]
    said = one_line(run(program, *start, "--metrics-port", "65536", cwd=tmp_path))
    assert "--metrics-port" in said and "from 0 to 65535" in said
    said = one_line(run(
        program, *start, "--metrics-port", "0", "--metrics-host", "rumah", cwd=tmp_path))
    assert "--metrics-host" in said


def test_the_alert_rules_name_metrics_that_there_are(counted):
    counted.looks_into_data()  # most rules are about the store in it
    rules = (CHECKOUT / "docs" / "alerts.yml").read_text()
    found = {**parse(scrape(counted.core)), **parse(scrape(counted.cipher))}
    text = scrape(counted.core) + scrape(counted.cipher)
    families = set(re.findall(r"^# TYPE (\S+) ", text, re.M))
    named = set(re.findall(r"\b((?:chatcore|cipher|process)_\w+)\b", rules))
    assert len(named) >= 8
    for name in named:
        assert name in found or name in families, name


def test_promtool_finds_no_fault(counted):
    for program in (counted.core, counted.cipher):
        subprocess.run(
            ["promtool", "check", "metrics"], input=scrape(program), text=True, check=True,
            capture_output=True)
    subprocess.run(
        ["promtool", "check", "rules", CHECKOUT / "docs" / "alerts.yml"], check=True,
        capture_output=True)
