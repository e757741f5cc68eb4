"""The election among the tabs of one browser. One tab leads, whatever is lost or late."""

import pytest

# Elections of several tabs in one page, over a channel in memory. Each tab may be hidden or gone.
TABS = """
    const done = arguments[arguments.length - 1];
    const wait = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));
    const newTabs = async (ids) => {
        const { Election } = await import("./js/sync/election.js");
        const tabs = ids.map((id) => ({
            id, isHidden: true, isCut: false, receivers: [], end: new AbortController(), claims: 0,
        }));
        for (const tab of tabs) {
            const channel = {
                tabId: tab.id,
                receive: (receiver) => tab.receivers.push(receiver),
                post: (message) => {
                    if (message.kind === "claim") tab.claims += 1;
                    if (tab.isCut) return;
                    for (const other of tabs) {
                        if (other === tab || other.isCut) continue;
                        setTimeout(() => other.receivers.forEach(
                            (receiver) => receiver({ ...message, from: tab.id })));
                    }
                },
            };
            tab.election = new Election({
                channel, isHidden: () => tab.isHidden, signal: tab.end.signal,
            });
        }
        return tabs;
    };
    const leaders = (tabs) => tabs.filter(({ election }) => election.isLeader).map(({ id }) => id);
    (async () => {
        %s
    })().then(done, (error) => done(String(error)));
"""


@pytest.fixture
def elect(open_browser, shared_box):
    page = open_browser(shared_box, speed=10).open()
    page.see("#login h1")
    return lambda script: page.driver.execute_async_script(TABS % script)


def test_the_last_to_claim_leads(elect):
    assert elect("""
        const tabs = await newTabs(["a", "b", "c"]);
        for (const tab of tabs) { tab.election.claim(); await wait(100); }
        return leaders(tabs);""") == ["c"]


def test_after_a_resignation_one_tab_claims(elect):
    found = elect("""
        const found = [];
        for (let round = 0; round < 10; round += 1) {
            const tabs = await newTabs(["a", "b", "c", "d"]);
            tabs[1].isHidden = round % 2 === 1; // a visible tab is faster than hidden ones
            tabs[0].election.claim();
            await wait(100);
            tabs[0].end.abort();
            const isOver = () => leaders(tabs).length === 1;
            for (let tries = 0; tries < 50 && (tries < 10 || !isOver()); tries += 1) {
                await wait(100);
            }
            found.push([leaders(tabs).length, tabs.slice(1).reduce((sum, tab) =>
                sum + tab.claims, 0)]);
            for (const tab of tabs) tab.end.abort();
        }
        return found;""")
    assert [leaders for leaders, _ in found] == [1] * 10
    # Claims may cross now and then. Tabs that ignored each other would claim thirty times.
    assert sum(claims for _, claims in found) < 20, found


def test_a_leader_that_fell_silent_is_replaced(elect):
    assert elect("""
        const tabs = await newTabs(["a", "b"]);
        tabs[1].election.claim();
        await wait(100);
        tabs[1].isCut = true;
        await wait(9_000);
        const before = leaders(tabs);
        await wait(9_000);
        return [before, leaders(tabs.slice(0, 1))];""") == [["b"], ["a"]]


def test_of_two_leaders_one_gives_way_at_the_next_beat(elect):
    assert elect("""
        const tabs = await newTabs(["a", "b"]);
        tabs[0].isCut = true;
        tabs[0].election.claim();
        tabs[1].election.claim();
        const before = leaders(tabs);
        tabs[0].isCut = false;
        await wait(5_000);
        return [before, leaders(tabs)];""") == [["a", "b"], ["b"]]


def test_a_visible_tab_takes_over_from_a_hidden_leader(elect):
    assert elect("""
        const tabs = await newTabs(["a", "b"]);
        tabs[0].isHidden = false;
        tabs[1].election.claim();
        await wait(100);
        return leaders(tabs);""") == ["a"]


def test_a_tab_whose_session_has_ended_leads_no_more(elect):
    assert elect("""
        const tabs = await newTabs(["a", "b"]);
        tabs[0].election.claim();
        await wait(100);
        for (const tab of tabs) tab.end.abort();
        await wait(20_000);
        tabs[0].election.claim();
        return leaders(tabs);""") == []
