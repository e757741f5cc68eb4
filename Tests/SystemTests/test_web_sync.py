"""The web client polls the friends list alone, and reads only conversations that changed."""

import re


def asked(box, path):
    """The requests for that path so far."""
    return box.core.log.count(f"GET {path}")


def polls(box, person):
    return asked(box, f"/friends/{person.id}")


def test_messages_arrive_in_two_browsers_both_ways(open_browser, box):
    sari, budi = box.friends("sari", "budi")
    page, other = open_browser(box), open_browser(box)
    page.enter_chat(sari, budi)
    other.enter_chat(budi, sari)
    for number in range(3):
        page.write(f"dari sari {number}")
        other.see("#rows .theirs .text", f"dari sari {number}")
        other.write(f"dari budi {number}")
        page.see("#rows .theirs .text", f"dari budi {number}")
    assert page.messages() == other.messages()


def test_a_conversation_is_read_only_when_its_row_has_changed(open_browser, people, shared_box):
    sari, budi, tono = people("sari", "budi", "tono")
    budi.send(sari, "ada di sini")
    page = open_browser(shared_box).enter_chat(sari, budi)
    page.see("#rows .text", "ada di sini")
    page.not_see(".contact .unread")
    read = lambda: len(re.findall(  # noqa: E731
        rf"GET /chat/history\S*myId={sari.id}|GET /chat/history", shared_box.core.log))
    before = read()
    for number in range(3):
        tono.send(sari, f"pesan {number}")
    page.see(".contact .last", "pesan 2")
    page.see(".contact .unread", "3")
    assert read() == before, "the list has the texts; the open chat has not changed"
    budi.send(sari, "yang baru")
    page.see("#rows .text", "yang baru")
    assert read() == before + 1


def test_all_previews_stand_in_the_list_after_one_request(open_browser, box):
    sari, *others = box.friends("sari", *(f"teman{number:02}" for number in range(30)))
    for number, other in enumerate(others):
        other.send(sari, f"pesan ke-{number}")
    page = open_browser(box).enter(sari)
    page.see(".contact .last", "pesan ke-29")
    page.run("document.querySelector('#contacts nav').scrollTop = 1e6")
    page.see(".contact .last", "pesan ke-0")
    assert asked(box, "/chat/history") == 0


def test_a_cursor_that_the_server_does_not_know_leads_to_the_whole_list(open_browser, box):
    sari, budi = box.friends("sari", "budi")
    page = open_browser(box).enter_chat(sari, budi)
    page.see("#log-state", "Belum ada pesan")
    box.options += (f"--port={box.core.port}",)
    box.core.kill()  # no clean stop: another incarnation
    box.start_core()
    budi.send(sari, "sesudah mati")
    page.see("#rows .text", "sesudah mati")
    page.not_see("#connection")
    page.write("sampai")
    page.see("#rows .sent .text", "sampai")


def test_a_poll_under_way_is_given_up_when_the_network_changes(open_browser, box):
    sari, budi = box.friends("sari", "budi")
    page = open_browser(box, speed=1).enter_chat(sari, budi)
    page.see("#log-state", "Belum ada pesan")
    before = polls(box, sari)
    page.offline(True)
    page.see("#connection", "offline")
    page.offline(False)
    page.not_see("#connection")
    budi.send(sari, "masih tersambung")
    page.see("#rows .text", "masih tersambung")
    assert polls(box, sari) > before


def test_a_tab_that_missed_changes_reads_them_when_it_leads(open_browser, people, shared_box):
    sari, budi = people("sari", "budi")
    page = open_browser(shared_box).enter(sari)
    page.see(".contact .name", budi.username)
    first = page.tab
    page.new_tab("/")
    page.see(".contact .name", budi.username)
    budi.send(sari, "untuk kedua tab")
    page.see(".contact .last", "untuk kedua tab")
    page.switch_to(first)
    page.run("dispatchEvent(new Event('focus'))")
    page.see(".contact .last", "untuk kedua tab")
